variable "vpc_id" { type = string }
variable "tiers" { type = set(string) }
variable "subnets" { type = map(string) }

resource "aws_route_table" "tier" {
  for_each = var.tiers
  vpc_id   = var.vpc_id
  tags     = { tier = each.key }
}

resource "aws_route_table_association" "this" {
  for_each       = var.subnets
  subnet_id      = each.value
  route_table_id = aws_route_table.tier[split("/", each.key)[0]].id
}

output "ids" {
  value = { for t in var.tiers : t => [aws_route_table.tier[t].id] }
}
