variable "name" {
  type = string
}

variable "cidr" {
  type = string
}

variable "secondary_cidrs" {
  type    = list(string)
  default = []
}

variable "zones" {
  type = list(string)
}

variable "private_subnets" {
  type    = list(string)
  default = []
}

variable "intra_subnets" {
  type    = list(string)
  default = []
}

variable "private_tags" {
  type    = map(string)
  default = {}
}

variable "create" {
  type    = bool
  default = true
}

locals {
  # Through the association, so that subnets go before the second range does.
  vpc_id = try(aws_vpc_ipv4_cidr_block_association.this[0].vpc_id, aws_vpc.this[0].id, "")
}

resource "aws_vpc" "this" {
  count = var.create ? 1 : 0

  cidr_block           = var.cidr
  enable_dns_support   = true
  enable_dns_hostnames = true
  tags                 = merge({ Name = var.name }, var.private_tags)
}

resource "aws_vpc_ipv4_cidr_block_association" "this" {
  count = var.create && length(var.secondary_cidrs) > 0 ? length(var.secondary_cidrs) : 0

  vpc_id     = aws_vpc.this[0].id
  cidr_block = element(var.secondary_cidrs, count.index)
}

resource "aws_subnet" "private" {
  count = var.create ? length(var.private_subnets) : 0

  vpc_id            = local.vpc_id
  availability_zone = element(var.zones, count.index)
  cidr_block        = element(concat(var.private_subnets, [""]), count.index)
  tags              = merge({ Name = format("%s-private-%s", var.name, element(var.zones, count.index)) }, var.private_tags)
}

resource "aws_subnet" "intra" {
  count = var.create ? length(var.intra_subnets) : 0

  vpc_id            = local.vpc_id
  availability_zone = element(var.zones, count.index)
  cidr_block        = var.intra_subnets[count.index]
}

resource "aws_route_table" "private" {
  count  = var.create ? length(var.private_subnets) : 0
  vpc_id = local.vpc_id
}

resource "aws_route_table" "intra" {
  count  = var.create && length(var.intra_subnets) > 0 ? 1 : 0
  vpc_id = local.vpc_id
}

resource "aws_route_table_association" "private" {
  count = var.create ? length(var.private_subnets) : 0

  subnet_id      = element(aws_subnet.private[*].id, count.index)
  route_table_id = element(aws_route_table.private[*].id, count.index)
}

resource "aws_route_table_association" "intra" {
  count = var.create ? length(var.intra_subnets) : 0

  subnet_id      = element(aws_subnet.intra[*].id, count.index)
  route_table_id = element(aws_route_table.intra[*].id, 0)
}

resource "aws_default_security_group" "this" {
  count   = var.create ? 1 : 0
  vpc_id  = aws_vpc.this[0].id
  ingress = []
  egress  = []
}

resource "aws_default_network_acl" "this" {
  count                  = var.create ? 1 : 0
  default_network_acl_id = aws_vpc.this[0].default_network_acl_id
  subnet_ids             = null

  dynamic "ingress" {
    for_each = [{ rule_no = 100, action = "allow", protocol = "-1", cidr_block = "0.0.0.0/0" }]
    content {
      rule_no    = ingress.value.rule_no
      action     = ingress.value.action
      protocol   = ingress.value.protocol
      cidr_block = lookup(ingress.value, "cidr_block", null)
      from_port  = 0
      to_port    = 0
    }
  }

  dynamic "egress" {
    for_each = [{ rule_no = 100, action = "allow", protocol = "-1", cidr_block = "0.0.0.0/0" }]
    content {
      rule_no    = egress.value.rule_no
      action     = egress.value.action
      protocol   = egress.value.protocol
      cidr_block = lookup(egress.value, "cidr_block", null)
      from_port  = 0
      to_port    = 0
    }
  }

  lifecycle {
    ignore_changes = [subnet_ids]
  }
}

output "vpc_id" {
  value = try(aws_vpc.this[0].id, null)
}

output "private_subnets" {
  value = aws_subnet.private[*].id
}

output "intra_subnets" {
  value = aws_subnet.intra[*].id
}

output "private_route_table_ids" {
  value = aws_route_table.private[*].id
}

output "intra_route_table_ids" {
  value = aws_route_table.intra[*].id
}
