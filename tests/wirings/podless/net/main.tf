variable "range" { type = string }
variable "zones" { type = list(string) }
variable "tiers" { type = list(string) }

resource "aws_vpc" "this" {
  cidr_block           = var.range
  enable_dns_hostnames = true
  enable_dns_support   = true
}

locals {
  pairs = { for p in setproduct(var.tiers, var.zones) : join("/", p) => {
    tier = p[0]
    zone = p[1]
    n    = index(var.tiers, p[0]) * 4 + index(var.zones, p[1])
  } }
}

resource "aws_subnet" "this" {
  for_each          = local.pairs
  vpc_id            = aws_vpc.this.id
  cidr_block        = cidrsubnet(aws_vpc.this.cidr_block, 4, each.value.n)
  availability_zone = each.value.zone
  tags = {
    Name                              = each.key
    Tier                              = each.value.tier
    "kubernetes.io/role/internal-elb" = each.value.tier == "busy" ? "1" : null
  }
}

resource "aws_route_table" "tier" {
  for_each = toset(var.tiers)
  vpc_id   = aws_vpc.this.id
}

resource "aws_route_table_association" "this" {
  for_each       = local.pairs
  subnet_id      = aws_subnet.this[each.key].id
  route_table_id = aws_route_table.tier[each.value.tier].id
}

output "layout" {
  value = {
    vpc_id = aws_vpc.this.id
    cidr   = aws_vpc.this.cidr_block
    tiers  = { for t in var.tiers : t => [for z in var.zones : aws_subnet.this["${t}/${z}"].id] }
    tables = [for t in aws_route_table.tier : t.id]
  }
  depends_on = [aws_route_table_association.this]
}
