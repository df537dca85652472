terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

provider "aws" {
  region                      = var.region
  access_key                  = "x"
  secret_key                  = "x"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  skip_metadata_api_check     = true
  default_tags { tags = { owner = "core", env = var.env } }
}

variable "region" { default = "eu-north-1" }
variable "env" { default = "prd" }
variable "az_count" { default = 3 }
variable "create_prefix_list" { default = true }
variable "existing_prefix_list_id" { default = null }
variable "vpc_cidr" { default = "10.88.0.0/17" }
variable "extra_client_cidrs" { default = ["10.200.16.0/22", "10.201.16.0/22"] }
variable "create_nodes_sg" { default = true }
variable "nodes_sg_id" { default = "" }

locals {
  letters = slice(["a", "b", "c"], 0, var.az_count)
  azs     = [for l in local.letters : "${var.region}${l}"]
  # three /20 for workers, three /26 for control plane, three /26 for doors
  blocks  = cidrsubnets(var.vpc_cidr, 3, 3, 3, 9, 9, 9, 9, 9, 9)
  workers = slice(local.blocks, 0, 3)
  brains  = slice(local.blocks, 3, 6)
  doors   = slice(local.blocks, 6, 9)
  by_az   = zipmap(local.azs, local.workers)
}

resource "aws_vpc" "v" {
  cidr_block           = var.vpc_cidr
  enable_dns_hostnames = true
  enable_dns_support   = true
}

resource "aws_subnet" "workers" {
  for_each          = local.by_az
  vpc_id            = aws_vpc.v.id
  cidr_block        = each.value
  availability_zone = each.key
  tags              = { "kubernetes.io/role/internal-elb" = "1" }
}

resource "aws_subnet" "brains" {
  count             = var.az_count
  vpc_id            = aws_vpc.v.id
  cidr_block        = local.brains[count.index]
  availability_zone = element(local.azs, count.index)
}

resource "aws_subnet" "doors" {
  count             = var.az_count
  vpc_id            = aws_vpc.v.id
  cidr_block        = element(local.doors, count.index)
  availability_zone = element(local.azs, count.index)
}

resource "aws_route_table" "rt" {
  count  = 2
  vpc_id = aws_vpc.v.id
  tags   = { Name = ["east", "west"][count.index] }
}

resource "aws_route_table" "quiet" {
  vpc_id = aws_vpc.v.id
}

resource "aws_route_table_association" "workers" {
  count          = length(local.azs)
  subnet_id      = element(values(aws_subnet.workers)[*].id, count.index)
  route_table_id = element(aws_route_table.rt[*].id, count.index % 2)
}

resource "aws_route_table_association" "quiet" {
  for_each       = zipmap(range(6), concat(aws_subnet.brains[*].id, aws_subnet.doors[*].id))
  subnet_id      = each.value
  route_table_id = aws_route_table.quiet.id
}

# --- who may talk to whom ---------------------------------------------------------------------------------------

resource "aws_security_group" "nodes" {
  count       = var.create_nodes_sg ? 1 : 0
  name_prefix = "nodes-"
  vpc_id      = aws_vpc.v.id
  lifecycle { create_before_destroy = true }
}

resource "aws_security_group" "doors" {
  name_prefix = "doors-"
  vpc_id      = aws_vpc.v.id
}

resource "aws_security_group" "cp" {
  name_prefix = "cp-"
  vpc_id      = aws_vpc.v.id
}

resource "aws_security_group" "gate" {
  name_prefix = "gate-"
  vpc_id      = aws_vpc.v.id

  egress {
    from_port   = 443
    to_port     = 443
    protocol    = "tcp"
    cidr_blocks = [var.vpc_cidr]
  }
  egress {
    from_port       = 443
    to_port         = 443
    protocol        = "tcp"
    prefix_list_ids = [data.aws_prefix_list.s3.id]
  }
}

data "aws_prefix_list" "s3" { name = "com.amazonaws.${var.region}.s3" }

resource "aws_ec2_managed_prefix_list" "clients" {
  count          = var.create_prefix_list ? 1 : 0
  name           = "clients"
  address_family = "IPv4"
  max_entries    = 8
  dynamic "entry" {
    for_each = concat([var.vpc_cidr], var.extra_client_cidrs)
    content {
      cidr        = entry.value
      description = "client ${entry.key}"
    }
  }
}

locals {
  nodes_sg  = coalesce(one(aws_security_group.nodes[*].id), var.nodes_sg_id)
  clients   = try(aws_ec2_managed_prefix_list.clients[0].id, var.existing_prefix_list_id)
  primary   = aws_eks_cluster.k.vpc_config[0].cluster_security_group_id
  ports     = { kubelet = 10250, api = 443, webhook = 9443, metrics = 4443 }
  from_cp   = ["kubelet", "api", "webhook", "metrics"]
  cp_groups = { own = aws_security_group.cp.id, primary = local.primary }
  # every control plane group to every port of the nodes
  cp_to_nodes = { for p in setproduct(keys(local.cp_groups), local.from_cp) : "${p[0]}.${p[1]}" => {
    source = local.cp_groups[p[0]]
    port   = lookup(local.ports, p[1], 443)
  } }
}

resource "aws_vpc_security_group_ingress_rule" "cp_to_nodes" {
  for_each                     = local.cp_to_nodes
  security_group_id            = local.nodes_sg
  referenced_security_group_id = each.value.source
  ip_protocol                  = "tcp"
  from_port                    = each.value.port
  to_port                      = each.value.port
}

resource "aws_security_group_rule" "nodes_self" {
  for_each          = { for r in flatten([for t in ["ingress", "egress"] : [for p in ["tcp", "udp"] : { type = t, proto = p }]]) : "${r.type}/${r.proto}" => r }
  type              = each.value.type
  protocol          = each.value.proto
  from_port         = 0
  to_port           = 65535
  self              = true
  security_group_id = local.nodes_sg
}

resource "aws_security_group_rule" "nodes_out" {
  for_each = {
    doors = { source = aws_security_group.doors.id }
    cp    = { source = aws_security_group.cp.id }
    main  = { source = local.primary }
  }
  type                     = "egress"
  protocol                 = "tcp"
  from_port                = 443
  to_port                  = 443
  security_group_id        = local.nodes_sg
  source_security_group_id = each.value["source"]
}

resource "aws_security_group_rule" "nodes_s3" {
  type              = "egress"
  protocol          = "tcp"
  from_port         = 443
  to_port           = 443
  security_group_id = local.nodes_sg
  prefix_list_ids   = [data.aws_prefix_list.s3.id]
}

resource "aws_vpc_security_group_ingress_rule" "api" {
  for_each = merge(
    { nodes = { sg = local.nodes_sg } },
    { gate = { sg = aws_security_group.gate.id } },
    { clients = { pl = local.clients } },
  )
  security_group_id            = aws_security_group.cp.id
  referenced_security_group_id = try(each.value.sg, null)
  prefix_list_id               = try(each.value.pl, null)
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443
}

resource "aws_vpc_security_group_egress_rule" "cp" {
  count                        = length(local.from_cp)
  security_group_id            = aws_security_group.cp.id
  referenced_security_group_id = local.nodes_sg
  ip_protocol                  = "tcp"
  from_port                    = local.ports[local.from_cp[count.index]]
  to_port                      = local.ports[element(local.from_cp, count.index)]
}

resource "aws_vpc_security_group_ingress_rule" "primary" {
  security_group_id            = local.primary
  referenced_security_group_id = local.nodes_sg
  ip_protocol                  = -1
}

resource "aws_vpc_security_group_ingress_rule" "doors" {
  security_group_id = aws_security_group.doors.id
  prefix_list_id    = local.clients
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

# --- doors ----------------------------------------------------------------------------------------------------------

locals {
  doors_to = toset(concat(["ec2", "sts", "logs", "eks"], formatlist("ecr.%s", ["api", "dkr"]), formatlist("%s", ["ssm", "ssmmessages"])))
}

resource "aws_vpc_endpoint" "if" {
  for_each            = local.doors_to
  vpc_id              = aws_vpc.v.id
  vpc_endpoint_type   = "Interface"
  service_name        = join(".", ["com.amazonaws", var.region, each.value])
  private_dns_enabled = true
  subnet_ids          = [for s in aws_subnet.doors : s.id]
  security_group_ids  = [aws_security_group.doors.id]
}

resource "aws_vpc_endpoint" "gw" {
  vpc_id          = aws_vpc.v.id
  service_name    = "com.amazonaws.${var.region}.s3"
  route_table_ids = aws_route_table.rt[*].id
}

# --- cluster --------------------------------------------------------------------------------------------------------

data "aws_iam_policy_document" "trust" {
  for_each = toset(["eks", "ec2"])
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["${each.value}.amazonaws.com"]
    }
  }
}

locals {
  roles = {
    eks = ["AmazonEKSClusterPolicy"]
    ec2 = ["AmazonEKSWorkerNodePolicy", "AmazonEKS_CNI_Policy", "AmazonEC2ContainerRegistryReadOnly"]
  }
  grants = merge([for r, ps in local.roles : { for p in ps : "${r}:${p}" => { role = r, policy = p } }]...)
}

resource "aws_iam_role" "r" {
  for_each           = local.roles
  name               = "${var.env}-${each.key}"
  assume_role_policy = data.aws_iam_policy_document.trust[each.key].json
}

resource "aws_iam_role_policy_attachment" "g" {
  for_each   = local.grants
  role       = aws_iam_role.r[each.value.role].name
  policy_arn = "arn:aws:iam::aws:policy/${each.value.policy}"
}

resource "aws_eks_cluster" "k" {
  name     = var.env
  role_arn = aws_iam_role.r["eks"].arn
  version  = "1.33"
  vpc_config {
    subnet_ids              = aws_subnet.brains[*].id
    security_group_ids      = aws_security_group.cp[*].id
    endpoint_private_access = true
    endpoint_public_access  = false
  }
  access_config { authentication_mode = "API" }
  depends_on = [aws_iam_role_policy_attachment.g]
}

resource "aws_launch_template" "lt" {
  name_prefix            = "nodes-"
  vpc_security_group_ids = compact([local.nodes_sg])
  metadata_options {
    http_tokens                 = "required"
    http_put_response_hop_limit = 2
  }
}

resource "aws_eks_node_group" "ng" {
  count           = length(local.azs)
  cluster_name    = aws_eks_cluster.k.name
  node_group_name = "ng-${element(local.letters, count.index)}"
  node_role_arn   = aws_iam_role.r["ec2"].arn
  subnet_ids      = [aws_subnet.workers[local.azs[count.index]].id]
  launch_template {
    id      = aws_launch_template.lt.id
    version = aws_launch_template.lt.latest_version
  }
  scaling_config {
    min_size     = 1
    max_size     = 4
    desired_size = 1
  }
  depends_on = [
    aws_vpc_endpoint.if, aws_vpc_endpoint.gw, aws_route_table_association.workers, aws_route_table_association.quiet,
    aws_iam_role_policy_attachment.g, aws_vpc_security_group_ingress_rule.cp_to_nodes, aws_security_group_rule.nodes_self,
    aws_security_group_rule.nodes_out, aws_security_group_rule.nodes_s3, aws_vpc_security_group_ingress_rule.api,
    aws_vpc_security_group_egress_rule.cp, aws_vpc_security_group_ingress_rule.primary, aws_vpc_security_group_ingress_rule.doors,
  ]
}

resource "aws_eks_addon" "a" {
  for_each     = toset(["vpc-cni", "kube-proxy", "coredns"])
  cluster_name = aws_eks_cluster.k.name
  addon_name   = each.value
}

# --- gate -----------------------------------------------------------------------------------------------------------

resource "aws_iam_role" "gate" {
  name               = "gate"
  assume_role_policy = data.aws_iam_policy_document.trust["ec2"].json
}

resource "aws_iam_role_policy_attachment" "gate" {
  role       = aws_iam_role.gate.name
  policy_arn = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"
}

resource "aws_iam_instance_profile" "gate" {
  name = "gate"
  role = aws_iam_role.gate.name
}

resource "aws_instance" "gate" {
  ami                    = "ami-0123456789abcdef0"
  instance_type          = "t3.micro"
  subnet_id              = element(values(aws_subnet.workers)[*].id, 0)
  iam_instance_profile   = aws_iam_instance_profile.gate.name
  vpc_security_group_ids = [aws_security_group.gate.id]
  metadata_options { http_tokens = "required" }
}
