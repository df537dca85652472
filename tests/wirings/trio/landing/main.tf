variable "cidr" {}
variable "zones" {}
variable "lanes" {}
locals {
  plots = { for i, p in setproduct(concat(["doors"], sort(var.lanes)), var.zones) : join("-", p) => {
    lane = p[0], zone = p[1], cidr = p[0] == "doors" ? cidrsubnet(var.cidr, 10, 1000 + i) : cidrsubnet(var.cidr, 4, i)
  } }
}
resource "aws_vpc" "this" {
  cidr_block           = var.cidr
  enable_dns_hostnames = true
}
resource "aws_subnet" "plot" {
  for_each          = local.plots
  vpc_id            = aws_vpc.this.id
  availability_zone = each.value.zone
  cidr_block        = each.value.cidr
  tags              = each.value.lane == "doors" ? {} : { "kubernetes.io/role/internal-elb" = "1" }
}
resource "aws_route_table" "lane" {
  for_each = toset(concat(["doors"], var.lanes))
  vpc_id   = aws_vpc.this.id
}
resource "aws_route_table_association" "plot" {
  for_each       = local.plots
  subnet_id      = aws_subnet.plot[each.key].id
  route_table_id = aws_route_table.lane[each.value.lane].id
}
output "vpc_id" { value = aws_vpc.this.id }
output "cidr" { value = aws_vpc.this.cidr_block }
output "lanes" {
  value      = { for l in concat(["doors"], var.lanes) : l => [for k, p in local.plots : aws_subnet.plot[k].id if p.lane == l] }
  depends_on = [aws_route_table_association.plot]
}
output "tables" { value = { for l, t in aws_route_table.lane : l => t.id } }
