variable "region" { type = string }
variable "vpc_id" { type = string }
variable "services" { type = list(string) }
variable "subnet_ids" { type = list(string) }
variable "security_group_ids" { type = list(string) }
variable "route_tables" { type = map(list(string)) }
variable "gateway_tiers" { type = list(string) }

resource "aws_vpc_endpoint" "interface" {
  for_each            = toset(var.services)
  vpc_id              = var.vpc_id
  service_name        = join(".", ["com.amazonaws", var.region, each.value])
  vpc_endpoint_type   = "Interface"
  private_dns_enabled = true
  subnet_ids          = var.subnet_ids
  security_group_ids  = var.security_group_ids
}

resource "aws_vpc_endpoint" "s3" {
  vpc_id            = var.vpc_id
  service_name      = "com.amazonaws.${var.region}.s3"
  vpc_endpoint_type = "Gateway"
  route_table_ids   = flatten([for t in var.gateway_tiers : var.route_tables[t]])
}

output "s3_prefix_list_id" {
  value = aws_vpc_endpoint.s3.prefix_list_id
}
