locals {
  interface_services = ["ec2", "ecr.api", "ecr.dkr", "sts", "eks", "eks-auth", "logs", "ssm", "ssmmessages"]
}

module "network" {
  source  = "./network"
  name    = var.name
  cidr    = var.cidr
  subnets = var.subnets
}

# --- security groups: one map, everything else goes through local.sg ---

resource "aws_security_group" "this" {
  for_each    = { nodes = "Workers", endpoints = "Interface endpoints", bastion = "Jump host" }
  name        = "${var.name}-${each.key}"
  description = each.value
  vpc_id      = module.network.vpc_id
}

locals {
  sg = { for role, group in aws_security_group.this : role => group.id }

  app_cidrs = [for s in var.subnets : s.cidr if s.tier == "app"]

  ingress = merge(
    { for i, cidr in local.app_cidrs : "endpoints/app${i}" => { to = "endpoints", cidr = cidr, from = null, port = 443 } },
    {
      "endpoints/bastion" = { to = "endpoints", cidr = null, from = "bastion", port = 443 }
    },
  )
  egress = {
    "bastion/vpc" = { of = "bastion", cidr = var.cidr, list = false }
    "bastion/s3"  = { of = "bastion", cidr = null, list = true }
  }
}

resource "aws_vpc_security_group_ingress_rule" "this" {
  for_each                     = local.ingress
  security_group_id            = local.sg[each.value.to]
  cidr_ipv4                    = each.value.cidr
  referenced_security_group_id = each.value.from == null ? null : local.sg[each.value.from]
  ip_protocol                  = "tcp"
  from_port                    = each.value.port
  to_port                      = each.value.port
}

resource "aws_vpc_security_group_egress_rule" "this" {
  for_each          = local.egress
  security_group_id = local.sg[each.value.of]
  cidr_ipv4         = each.value.cidr
  prefix_list_id    = each.value.list ? module.endpoints.s3_prefix_list_id : null
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

module "endpoints" {
  source             = "./endpoints"
  region             = "eu-west-1"
  vpc_id             = module.network.vpc_id
  services           = local.interface_services
  subnet_ids         = module.network.subnet_ids["vpce"]
  security_group_ids = [local.sg["endpoints"]]
  route_tables       = module.network.route_tables
  gateway_tiers      = ["app", "ops"]
}

module "cluster" {
  source         = "./cluster"
  name           = var.name
  vpc_id         = module.network.vpc_id
  ctrl_subnets   = module.network.subnet_ids["ctrl"]
  tier_subnets   = module.network.subnet_ids
  create_node_sg = false
  node_sg_id     = local.sg["nodes"]
  bastion_sg_id  = local.sg["bastion"]
  node_groups    = var.node_groups

  depends_on = [module.network, module.endpoints, aws_vpc_security_group_ingress_rule.this]
}

# --- bastion ---

resource "aws_iam_role" "bastion" {
  name               = "${var.name}-bastion"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}

resource "aws_iam_role_policy_attachment" "bastion" {
  role       = aws_iam_role.bastion.name
  policy_arn = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"
}

resource "aws_iam_instance_profile" "bastion" {
  name = "${var.name}-bastion"
  role = aws_iam_role.bastion.name
}

resource "aws_instance" "bastion" {
  ami                    = "ami-0a0a0a0a0a0a0a0a0"
  instance_type          = "t4g.micro"
  subnet_id              = one(module.network.subnet_ids["ops"])
  vpc_security_group_ids = [local.sg["bastion"]]
  iam_instance_profile   = aws_iam_instance_profile.bastion.name
  metadata_options {
    http_tokens = "required"
  }
  tags = { Name = "${var.name}-bastion" }
}

output "subnets" {
  value = module.network.subnet_ids
}

output "security_groups" {
  value = local.sg
}
