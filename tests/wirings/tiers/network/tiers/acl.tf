locals {
  any = "0.0.0.0/0"

  # tier -> direction -> what may pass; everything else is denied
  acl = {
    app = {
      in = concat(
        [{ proto = "-1", cidr = var.vpc.cidr, ports = [0, 0] }],
        [{ proto = "tcp", cidr = local.any, ports = [1024, 65535] }],
      )
      out = [
        { proto = "-1", cidr = var.vpc.cidr, ports = [0, 0] },
        { proto = "tcp", cidr = local.any, ports = [443, 443] },
      ]
    }
    appdb = {
      in  = [for c in local.cidrs["app"] : { proto = "tcp", cidr = c, ports = [5432, 5432] }]
      out = [for c in local.cidrs["app"] : { proto = "tcp", cidr = c, ports = [1024, 65535] }]
    }
    ctrl = {
      in = [
        { proto = "tcp", cidr = var.vpc.cidr, ports = [443, 443] },
        { proto = "tcp", cidr = var.vpc.cidr, ports = [1024, 65535] },
      ]
      out = [
        { proto = "tcp", cidr = var.vpc.cidr, ports = [443, 443] },
        { proto = "tcp", cidr = var.vpc.cidr, ports = [1024, 65535] },
      ]
    }
    vpce = {
      in  = [for c in concat(local.cidrs["app"], local.cidrs["ops"]) : { proto = "tcp", cidr = c, ports = [443, 443] }]
      out = [for c in concat(local.cidrs["app"], local.cidrs["ops"]) : { proto = "tcp", cidr = c, ports = [1024, 65535] }]
    }
    ops = {
      in  = [{ proto = "tcp", cidr = local.any, ports = [1024, 65535] }]
      out = [{ proto = "tcp", cidr = local.any, ports = [443, 443] }]
    }
  }

  acl_rules = flatten([
    for tier, directions in local.acl : [
      for direction, rules in directions : [
        for i, rule in rules : {
          key    = "${tier}-${direction}-${i}"
          tier   = tier
          egress = direction == "out"
          number = 100 + 10 * i
          proto  = rule.proto
          cidr   = rule.cidr
          from   = rule.ports[0]
          to     = rule.ports[1]
        }
      ]
    ]
  ])
}

resource "aws_network_acl" "tier" {
  for_each   = local.tiers
  vpc_id     = var.vpc.id
  subnet_ids = [for k, s in aws_subnet.this : s.id if startswith(k, "${each.key}/")]
  tags       = { Name = "${var.name}-${each.key}" }
}

resource "aws_network_acl_rule" "tier" {
  for_each       = { for rule in local.acl_rules : rule.key => rule }
  network_acl_id = aws_network_acl.tier[each.value.tier].id
  rule_number    = each.value.number
  egress         = each.value.egress
  protocol       = each.value.proto
  rule_action    = "allow"
  cidr_block     = each.value.cidr
  from_port      = each.value.from
  to_port        = each.value.to
}
