resource "aws_vpc" "this" {
  cidr_block           = local.net.cidr
  enable_dns_support   = true
  enable_dns_hostnames = true
  tags                 = { Name = local.cfg.name }
}

resource "aws_subnet" "this" {
  for_each          = local.subnets
  vpc_id            = aws_vpc.this.id
  availability_zone = each.value.zone
  cidr_block        = each.value.cidr
  tags              = merge({ Name = each.key }, each.value.tags)
}

resource "aws_route_table" "tier" {
  for_each = local.tiers
  vpc_id   = aws_vpc.this.id
}

resource "aws_route_table_association" "this" {
  for_each       = local.subnets
  subnet_id      = aws_subnet.this[each.key].id
  route_table_id = aws_route_table.tier[each.value.tier].id
}

resource "aws_network_acl" "tier" {
  for_each   = local.tiers
  vpc_id     = aws_vpc.this.id
  subnet_ids = [for zone in local.net.zones : aws_subnet.this["${each.key}:${zone}"].id]

  dynamic "ingress" {
    for_each = each.value.ingress
    iterator = rule
    content {
      rule_no    = rule.value.nr
      action     = try(rule.value.action, "allow")
      protocol   = rule.value.proto
      cidr_block = rule.value.cidr
      from_port  = try(rule.value.from, 0)
      to_port    = try(rule.value.to, 0)
    }
  }

  dynamic "egress" {
    for_each = each.value.egress
    iterator = rule
    content {
      rule_no    = rule.value.nr
      action     = try(rule.value.action, "allow")
      protocol   = rule.value.proto
      cidr_block = rule.value.cidr
      from_port  = try(rule.value.from, 0)
      to_port    = try(rule.value.to, 0)
    }
  }
}

locals {
  # tier -> its subnets' ids, in the order of the zones
  by_tier = { for name in keys(local.tiers) : name => [for key, s in aws_subnet.this : s.id if local.subnets[key].tier == name] }
}
