terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "x"
  secret_key                  = "x"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  skip_metadata_api_check     = true
}

variable "zone_letters" {
  type    = list(string)
  default = ["a", "b", "c"]
}

variable "vpc_cidr" {
  type    = string
  default = "10.90.0.0/16"
}

variable "pod_cidr" {
  type    = string
  default = "100.64.0.0/16"
}

locals {
  azs        = [for l in var.zone_letters : "eu-west-1${l}"]
  index      = zipmap(local.azs, range(length(local.azs)))
  node_cidrs = { for az in local.azs : az => cidrsubnet(var.vpc_cidr, 4, local.index[az]) }
  cp_cidrs   = { for az in local.azs : az => cidrsubnet(var.vpc_cidr, 8, 250 + local.index[az]) }
  pod_cidrs  = { for az, i in local.index : az => cidrsubnet(var.pod_cidr, 2, i) }
}

resource "aws_vpc" "v" {
  cidr_block           = var.vpc_cidr
  enable_dns_hostnames = true
}

resource "aws_vpc_ipv4_cidr_block_association" "pods" {
  vpc_id     = aws_vpc.v.id
  cidr_block = var.pod_cidr
}

resource "aws_subnet" "node" {
  for_each          = local.node_cidrs
  vpc_id            = aws_vpc.v.id
  availability_zone = each.key
  cidr_block        = each.value
  tags              = { "kubernetes.io/role/internal-elb" = 1 }
}

resource "aws_subnet" "cp" {
  for_each          = local.cp_cidrs
  vpc_id            = aws_vpc.v.id
  availability_zone = each.key
  cidr_block        = each.value
}

resource "aws_subnet" "pod" {
  for_each          = local.pod_cidrs
  vpc_id            = aws_vpc_ipv4_cidr_block_association.pods.vpc_id
  availability_zone = each.key
  cidr_block        = each.value
}

resource "aws_route_table" "rt" {
  for_each = toset(local.azs)
  vpc_id   = aws_vpc.v.id
}

resource "aws_route_table_association" "node" {
  for_each       = aws_subnet.node
  subnet_id      = each.value.id
  route_table_id = aws_route_table.rt[each.key].id
}

resource "aws_route_table_association" "pod" {
  for_each       = aws_subnet.pod
  subnet_id      = each.value.id
  route_table_id = aws_route_table.rt[each.key].id
}

resource "aws_route_table_association" "cp" {
  for_each       = { for az in local.azs : az => aws_subnet.cp[az].id }
  subnet_id      = each.value
  route_table_id = aws_route_table.rt[each.key].id
}

# --- one ACL for node and control plane subnets, one for pods ---

resource "aws_network_acl" "inner" {
  vpc_id     = aws_vpc.v.id
  subnet_ids = concat(values(aws_subnet.node)[*].id, values(aws_subnet.cp)[*].id)

  dynamic "ingress" {
    for_each = concat([for i, c in [var.vpc_cidr, var.pod_cidr] : { no = 100 + i, proto = "-1", cidr = c, from = 0, to = 0 }], [{ no = 200, proto = "tcp", cidr = "0.0.0.0/0", from = 1024, to = 65535 }])
    content {
      rule_no    = ingress.value.no
      action     = "allow"
      protocol   = ingress.value.proto
      cidr_block = ingress.value.cidr
      from_port  = ingress.value.from
      to_port    = ingress.value.to
    }
  }

  dynamic "egress" {
    for_each = concat([for i, c in [var.vpc_cidr, var.pod_cidr] : { no = 100 + i, proto = "-1", cidr = c, from = 0, to = 0 }], [{ no = 200, proto = "tcp", cidr = "0.0.0.0/0", from = 443, to = 443 }])
    content {
      rule_no    = egress.value.no
      action     = "allow"
      protocol   = egress.value.proto
      cidr_block = egress.value.cidr
      from_port  = egress.value.from
      to_port    = egress.value.to
    }
  }
}

resource "aws_network_acl" "pods" {
  vpc_id     = aws_vpc.v.id
  subnet_ids = [for s in aws_subnet.pod : s.id]
}

locals {
  pod_acl = {
    in-vpc   = { egress = false, n = 10, protocol = "-1", cidr = var.vpc_cidr }
    in-pods  = { egress = false, n = 20, protocol = "-1", cidr = var.pod_cidr }
    in-any   = { egress = false, n = 30, protocol = "tcp", cidr = "0.0.0.0/0", from = 1024, to = 65535 }
    out-vpc  = { egress = true, n = 10, protocol = "-1", cidr = var.vpc_cidr }
    out-pods = { egress = true, n = 20, protocol = "-1", cidr = var.pod_cidr }
    out-any  = { egress = true, n = 30, protocol = "tcp", cidr = "0.0.0.0/0", from = 443, to = 443 }
  }
}

resource "aws_network_acl_rule" "pods" {
  for_each       = local.pod_acl
  network_acl_id = aws_network_acl.pods.id
  rule_number    = each.value.n
  egress         = each.value.egress
  protocol       = each.value.protocol
  rule_action    = "allow"
  cidr_block     = each.value.cidr
  from_port      = try(each.value.from, null)
  to_port        = try(each.value.to, null)
}

# --- prefix lists ---

resource "aws_ec2_managed_prefix_list" "inside" {
  name           = "everything-inside"
  address_family = "IPv4"
  max_entries    = 5

  entry {
    cidr        = aws_vpc.v.cidr_block
    description = "primary"
  }
  entry {
    cidr        = aws_vpc_ipv4_cidr_block_association.pods.cidr_block
    description = "pods"
  }
}

resource "aws_ec2_managed_prefix_list" "pods" {
  name           = "pods"
  address_family = "IPv4"
  max_entries    = 3
}

resource "aws_ec2_managed_prefix_list_entry" "pods" {
  for_each       = local.pod_cidrs
  prefix_list_id = aws_ec2_managed_prefix_list.pods.id
  cidr           = aws_subnet.pod[each.key].cidr_block
  description    = each.key
}

# --- endpoints ---

resource "aws_security_group" "vpce" {
  name        = "vpce"
  description = "endpoints"
  vpc_id      = aws_vpc.v.id
}

resource "aws_security_group_rule" "vpce_in" {
  type              = "ingress"
  security_group_id = aws_security_group.vpce.id
  prefix_list_ids   = [aws_ec2_managed_prefix_list.inside.id]
  protocol          = "tcp"
  from_port         = 443
  to_port           = 443
}

locals {
  wanted   = ["ec2", "ecr.api", "ecr.dkr", "sts", "eks-auth", "logs", "eks"]
  services = zipmap(local.wanted, [for w in local.wanted : "com.amazonaws.eu-west-1.${w}"])
}

resource "aws_vpc_endpoint" "e" {
  for_each            = local.services
  vpc_id              = aws_vpc.v.id
  service_name        = each.value
  vpc_endpoint_type   = "Interface"
  private_dns_enabled = true
  subnet_ids          = slice(values(aws_subnet.cp)[*].id, 0, 3)
  security_group_ids  = [aws_security_group.vpce.id]
}

resource "aws_vpc_endpoint" "s3" {
  vpc_id            = aws_vpc.v.id
  service_name      = "com.amazonaws.eu-west-1.s3"
  vpc_endpoint_type = "Gateway"
}

resource "aws_vpc_endpoint_route_table_association" "s3" {
  for_each        = zipmap(local.azs, [for az in local.azs : aws_route_table.rt[az].id])
  vpc_endpoint_id = aws_vpc_endpoint.s3.id
  route_table_id  = each.value
}
