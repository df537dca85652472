variable "create" { default = true }
variable "region" {}
variable "vpc_id" {}
variable "endpoints" { default = {} }
variable "defaults" { default = {} }
variable "security_group_ids" { default = [] }
variable "create_security_group" { default = false }
variable "security_group_rules" { default = {} }

locals {
  endpoints          = { for k, v in var.endpoints : k => merge(var.defaults, v) if var.create && lookup(v, "create", true) }
  security_group_ids = var.create && var.create_security_group ? concat(var.security_group_ids, [aws_security_group.this[0].id]) : var.security_group_ids
}

resource "aws_vpc_endpoint" "this" {
  for_each = local.endpoints

  vpc_id            = var.vpc_id
  service_name      = lookup(each.value, "service_name", format("com.amazonaws.%s.%s", var.region, lookup(each.value, "service", each.key)))
  vpc_endpoint_type = lookup(each.value, "service_type", "Interface")
  auto_accept       = lookup(each.value, "auto_accept", null)

  security_group_ids  = lookup(each.value, "service_type", "Interface") == "Interface" ? length(distinct(concat(local.security_group_ids, lookup(each.value, "security_group_ids", [])))) > 0 ? distinct(concat(local.security_group_ids, lookup(each.value, "security_group_ids", []))) : null : null
  subnet_ids          = lookup(each.value, "service_type", "Interface") == "Interface" ? distinct(lookup(each.value, "subnet_ids", [])) : null
  route_table_ids     = lookup(each.value, "service_type", "Interface") == "Gateway" ? lookup(each.value, "route_table_ids", null) : null
  policy              = lookup(each.value, "policy", null)
  private_dns_enabled = lookup(each.value, "service_type", "Interface") == "Interface" ? lookup(each.value, "private_dns_enabled", null) : null

  timeouts {
    create = "10m"
  }
}

resource "aws_security_group" "this" {
  count       = var.create && var.create_security_group ? 1 : 0
  name_prefix = "vpc-endpoints-"
  description = "VPC endpoints"
  vpc_id      = var.vpc_id
}

resource "aws_security_group_rule" "this" {
  for_each = { for k, v in var.security_group_rules : k => v if var.create && var.create_security_group }

  security_group_id        = aws_security_group.this[0].id
  protocol                 = try(each.value.protocol, "tcp")
  from_port                = try(each.value.from_port, 443)
  to_port                  = try(each.value.to_port, 443)
  type                     = try(each.value.type, "ingress")
  cidr_blocks              = lookup(each.value, "cidr_blocks", null)
  source_security_group_id = lookup(each.value, "source_security_group_id", null)
}

output "endpoints" { value = aws_vpc_endpoint.this }
