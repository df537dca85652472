terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}
provider "aws" {
  region                      = "eu-west-3"
  access_key                  = "x"
  secret_key                  = "x"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  skip_metadata_api_check     = true
}

variable "clusters" {
  type = map(object({
    kind     = string # managed, auto, fargate
    version  = optional(string, "1.33")
    pools    = optional(map(object({ size = number, arch = optional(string, "x86_64") })), {})
    profiles = optional(map(list(string)), {})
    lane     = string
  }))
  default = {
    shop    = { kind = "managed", lane = "left", pools = { web = { size = 3 }, batch = { size = 1, arch = "arm64" } } }
    studio  = { kind = "auto", lane = "right" }
    reports = { kind = "fargate", lane = "right", profiles = { system = ["kube-system"], reports = ["reports", "default"] } }
  }
}

module "landing" {
  source = "./landing"
  cidr   = "172.21.0.0/16"
  zones  = ["eu-west-3a", "eu-west-3b"]
  lanes  = distinct([for c in var.clusters : c.lane])
}

module "doors" {
  source   = "./doors"
  landing  = module.landing
  services = ["ec2", "ecr.api", "ecr.dkr", "sts", "eks", "eks-auth", "logs", "elasticloadbalancing", "ssm", "ssmmessages"]
}

module "cluster" {
  source   = "./cluster"
  for_each = var.clusters

  name    = each.key
  spec    = each.value
  vpc_id  = module.landing.vpc_id
  subnets = module.landing.lanes[each.value.lane]
  desk_sg = aws_security_group.desk.id
  trust   = { for k, d in data.aws_iam_policy_document.trust : k => d.json }

  depends_on = [module.doors]
}

data "aws_iam_policy_document" "trust" {
  for_each = { eks = ["sts:AssumeRole", "sts:TagSession"], ec2 = ["sts:AssumeRole"], "eks-fargate-pods" = ["sts:AssumeRole"] }
  statement {
    actions = each.value
    principals {
      type        = "Service"
      identifiers = ["${each.key}.amazonaws.com"]
    }
  }
}

# every cluster's primary group may reach the doors
resource "aws_vpc_security_group_ingress_rule" "doors" {
  for_each                     = var.clusters
  security_group_id            = module.doors.security_group_id
  referenced_security_group_id = module.cluster[each.key].groups.primary
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443
  tags                         = { cluster = each.key }
}

resource "aws_security_group" "desk" {
  name   = "desk"
  vpc_id = module.landing.vpc_id
}
resource "aws_vpc_security_group_egress_rule" "desk" {
  security_group_id = aws_security_group.desk.id
  ip_protocol       = "-1"
  cidr_ipv4         = "0.0.0.0/0"
}
resource "aws_vpc_security_group_ingress_rule" "desk_to_doors" {
  security_group_id            = module.doors.security_group_id
  referenced_security_group_id = aws_security_group.desk.id
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443
}
resource "aws_iam_role" "desk" {
  name               = "desk"
  assume_role_policy = data.aws_iam_policy_document.trust["ec2"].json
}
resource "aws_iam_role_policy_attachment" "desk" {
  role       = aws_iam_role.desk.name
  policy_arn = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"
}
resource "aws_iam_instance_profile" "desk" {
  name = "desk"
  role = aws_iam_role.desk.name
}
resource "aws_instance" "desk" {
  ami                    = "ami-0123456789abcdef0"
  instance_type          = "t4g.nano"
  subnet_id              = module.landing.lanes["left"][0]
  iam_instance_profile   = aws_iam_instance_profile.desk.name
  vpc_security_group_ids = [aws_security_group.desk.id]
}
output "clusters" { value = { for k, c in module.cluster : k => c.groups } }
