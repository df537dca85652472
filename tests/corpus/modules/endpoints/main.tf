variable "vpc_id" {
  type = string
}

variable "region" {
  type = string
}

variable "subnet_ids" {
  type = list(string)
}

variable "route_table_ids" {
  type = list(string)
}

variable "services" {
  type = any
}

variable "allowed_cidrs" {
  type = list(string)
}

resource "aws_security_group" "this" {
  count = length(var.services) > 0 ? 1 : 0

  name_prefix = "endpoints-"
  vpc_id      = var.vpc_id

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_security_group_rule" "this" {
  for_each = { https = { from_port = 443, to_port = 443, cidr_blocks = var.allowed_cidrs } }

  security_group_id = aws_security_group.this[0].id
  type              = try(each.value.type, "ingress")
  protocol          = try(each.value.protocol, "tcp")
  from_port         = each.value.from_port
  to_port           = each.value.to_port
  cidr_blocks       = lookup(each.value, "cidr_blocks", null)
}

resource "aws_vpc_endpoint" "this" {
  for_each = merge(var.services, { s3 = { service = "s3", service_type = "Gateway" } })

  vpc_id            = var.vpc_id
  service_name      = "com.amazonaws.${var.region}.${each.value.service}"
  vpc_endpoint_type = try(each.value.service_type, "Interface")

  security_group_ids  = try(each.value.service_type, "Interface") == "Interface" ? distinct(concat([aws_security_group.this[0].id], lookup(each.value, "security_group_ids", []))) : null
  subnet_ids          = try(each.value.service_type, "Interface") == "Interface" ? distinct(concat(var.subnet_ids, lookup(each.value, "subnet_ids", []))) : null
  route_table_ids     = try(each.value.service_type, "Interface") == "Gateway" ? var.route_table_ids : null
  private_dns_enabled = try(each.value.service_type, "Interface") == "Interface" ? true : null
}

output "ids" {
  value = { for name, endpoint in aws_vpc_endpoint.this : name => endpoint.id }
}
