variable "vpc_id" { type = string }
variable "prefix" { type = string }
variable "subnet_ids" { type = list(string) }
variable "route_table_ids" { type = list(string) }
variable "interface" { type = set(string) }

resource "aws_security_group" "this" {
  name        = "endpoints"
  description = "Shared interface endpoints; rules are added by the root"
  vpc_id      = var.vpc_id
}

locals {
  wanted = merge(
    { for s in var.interface : s => "Interface" },
    { s3 = "Gateway" },
  )
}

resource "aws_vpc_endpoint" "this" {
  for_each            = local.wanted
  vpc_id              = var.vpc_id
  service_name        = "${var.prefix}.${each.key}"
  vpc_endpoint_type   = each.value
  private_dns_enabled = each.value == "Interface"
  subnet_ids          = each.value == "Interface" ? var.subnet_ids : null
  security_group_ids  = each.value == "Interface" ? [aws_security_group.this.id] : null
  route_table_ids     = each.value == "Gateway" ? var.route_table_ids : null
}

output "security_group_id" {
  value = aws_security_group.this.id
}
