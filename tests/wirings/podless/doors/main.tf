variable "region" {}
variable "vpc_id" {}
variable "subnets" { type = list(string) }
variable "tables" { type = list(string) }
variable "services" { type = set(string) }

resource "aws_security_group" "this" {
  name        = "doors"
  description = "who may call AWS"
  vpc_id      = var.vpc_id
}

resource "aws_vpc_endpoint" "interface" {
  for_each            = var.services
  vpc_id              = var.vpc_id
  service_name        = format("com.amazonaws.%s.%s", var.region, each.value)
  vpc_endpoint_type   = "Interface"
  private_dns_enabled = true
  security_group_ids  = aws_security_group.this[*].id

  subnet_ids = var.subnets
}

resource "aws_vpc_endpoint" "gateway" {
  vpc_id          = var.vpc_id
  service_name    = format("com.amazonaws.%s.%s", var.region, "s3")
  route_table_ids = var.tables
}

output "group" {
  value = aws_security_group.this.id
}
