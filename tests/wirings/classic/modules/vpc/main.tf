variable "create_vpc" { default = true }
variable "name" {}
variable "cidr" {}
variable "azs" { type = list(string) }
variable "private_subnets" {
  type    = list(string)
  default = []
}
variable "intra_subnets" {
  type    = list(string)
  default = []
}
variable "database_subnets" {
  type    = list(string)
  default = []
}
variable "single_private_route_table" { default = false }
variable "private_dedicated_network_acl" { default = false }
variable "private_inbound_acl_rules" { type = list(map(string)) }
variable "private_outbound_acl_rules" { type = list(map(string)) }
variable "private_subnet_tags" { default = {} }

locals {
  len_private  = length(var.private_subnets)
  len_intra    = length(var.intra_subnets)
  len_database = length(var.database_subnets)
  tables       = var.single_private_route_table ? 1 : local.len_private
  vpc_id       = one(aws_vpc.this[*].id)
}

resource "aws_vpc" "this" {
  count                = var.create_vpc ? 1 : 0
  cidr_block           = var.cidr
  enable_dns_support   = true
  enable_dns_hostnames = true
  tags                 = { Name = var.name }
}

resource "aws_subnet" "private" {
  count             = var.create_vpc && local.len_private > 0 ? local.len_private : 0
  vpc_id            = local.vpc_id
  cidr_block        = element(concat(var.private_subnets, [""]), count.index)
  availability_zone = element(var.azs, count.index)
  tags              = merge({ Name = format("%s-private-%s", var.name, element(var.azs, count.index)) }, var.private_subnet_tags)
}

resource "aws_subnet" "intra" {
  count             = var.create_vpc && local.len_intra > 0 ? local.len_intra : 0
  vpc_id            = local.vpc_id
  cidr_block        = element(concat(var.intra_subnets, [""]), count.index)
  availability_zone = element(var.azs, count.index)
}

resource "aws_subnet" "database" {
  count             = var.create_vpc && local.len_database > 0 ? local.len_database : 0
  vpc_id            = local.vpc_id
  cidr_block        = element(concat(var.database_subnets, [""]), count.index)
  availability_zone = element(var.azs, count.index)
}

resource "aws_route_table" "private" {
  count  = var.create_vpc ? local.tables : 0
  vpc_id = local.vpc_id
}

resource "aws_route_table" "intra" {
  count  = var.create_vpc && local.len_intra > 0 ? 1 : 0
  vpc_id = local.vpc_id
}

resource "aws_route_table" "database" {
  count  = var.create_vpc && local.len_database > 0 ? 1 : 0
  vpc_id = local.vpc_id
}

resource "aws_route_table_association" "private" {
  count          = var.create_vpc && local.len_private > 0 ? local.len_private : 0
  subnet_id      = element(aws_subnet.private[*].id, count.index)
  route_table_id = element(aws_route_table.private[*].id, var.single_private_route_table ? 0 : count.index)
}

resource "aws_route_table_association" "intra" {
  count          = var.create_vpc && local.len_intra > 0 ? local.len_intra : 0
  subnet_id      = element(aws_subnet.intra[*].id, count.index)
  route_table_id = element(concat(aws_route_table.intra[*].id, [""]), 0)
}

resource "aws_route_table_association" "database" {
  count          = var.create_vpc && local.len_database > 0 ? local.len_database : 0
  subnet_id      = element(aws_subnet.database[*].id, count.index)
  route_table_id = element(coalescelist(aws_route_table.database[*].id, aws_route_table.private[*].id), 0)
}

resource "aws_network_acl" "private" {
  count      = var.create_vpc && var.private_dedicated_network_acl && local.len_private > 0 ? 1 : 0
  vpc_id     = local.vpc_id
  subnet_ids = aws_subnet.private[*].id
}

resource "aws_network_acl_rule" "private_inbound" {
  count          = var.create_vpc && var.private_dedicated_network_acl ? length(var.private_inbound_acl_rules) : 0
  network_acl_id = aws_network_acl.private[0].id
  egress         = false
  rule_number    = var.private_inbound_acl_rules[count.index]["rule_number"]
  rule_action    = var.private_inbound_acl_rules[count.index]["rule_action"]
  from_port      = lookup(var.private_inbound_acl_rules[count.index], "from_port", null)
  to_port        = lookup(var.private_inbound_acl_rules[count.index], "to_port", null)
  protocol       = var.private_inbound_acl_rules[count.index]["protocol"]
  cidr_block     = lookup(var.private_inbound_acl_rules[count.index], "cidr_block", null)
}

resource "aws_network_acl_rule" "private_outbound" {
  count          = var.create_vpc && var.private_dedicated_network_acl ? length(var.private_outbound_acl_rules) : 0
  network_acl_id = aws_network_acl.private[0].id
  egress         = true
  rule_number    = var.private_outbound_acl_rules[count.index]["rule_number"]
  rule_action    = var.private_outbound_acl_rules[count.index]["rule_action"]
  from_port      = lookup(var.private_outbound_acl_rules[count.index], "from_port", null)
  to_port        = lookup(var.private_outbound_acl_rules[count.index], "to_port", null)
  protocol       = var.private_outbound_acl_rules[count.index]["protocol"]
  cidr_block     = lookup(var.private_outbound_acl_rules[count.index], "cidr_block", null)
}

output "vpc_id" { value = concat(aws_vpc.this[*].id, [""])[0] }
output "private_subnets" { value = aws_subnet.private[*].id }
output "private_subnets_cidr_blocks" { value = compact(aws_subnet.private[*].cidr_block) }
output "intra_subnets" { value = aws_subnet.intra[*].id }
output "database_subnets" { value = aws_subnet.database[*].id }
output "private_route_table_ids" { value = aws_route_table.private[*].id }
output "intra_route_table_ids" { value = aws_route_table.intra[*].id }
output "database_route_table_ids" { value = try(coalescelist(aws_route_table.database[*].id, aws_route_table.private[*].id), []) }
