variable "landing" {
  type = object({ vpc_id = string, cidr = string, lanes = map(list(string)), tables = map(string) })
}
variable "services" {
  type = set(string)
}
data "aws_region" "here" {}
resource "aws_security_group" "doors" {
  name   = "doors"
  vpc_id = var.landing.vpc_id
}
resource "aws_vpc_endpoint" "door" {
  for_each            = var.services
  vpc_id              = var.landing.vpc_id
  service_name        = "com.amazonaws.${data.aws_region.here.name}.${each.key}"
  vpc_endpoint_type   = "Interface"
  private_dns_enabled = true
  subnet_ids          = var.landing.lanes.doors
  security_group_ids  = aws_security_group.doors[*].id
}
resource "aws_vpc_endpoint" "s3" {
  vpc_id            = var.landing.vpc_id
  service_name      = "com.amazonaws.${data.aws_region.here.name}.s3"
  vpc_endpoint_type = "Gateway"
  route_table_ids   = [for lane, id in var.landing.tables : id if lane != "doors"]
}
output "security_group_id" { value = aws_security_group.doors.id }
