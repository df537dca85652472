variable "zones" { type = any }
variable "vpc_ids" { type = list(string) }

locals {
  records = merge(
    { for service, z in var.zones : "${service}/apex" => { zone = service, name = z.name, target = z.target } },
    { for service, z in var.zones : "${service}/star" => { zone = service, name = "*.${z.name}", target = z.target } if z.wildcard },
  )
}

resource "aws_route53_zone" "this" {
  for_each = var.zones
  name     = each.value.name
  comment  = "shared: ${each.key}"

  dynamic "vpc" {
    for_each = var.vpc_ids
    content {
      vpc_id = vpc.value
    }
  }
}

resource "aws_route53_record" "this" {
  for_each = local.records
  zone_id  = aws_route53_zone.this[each.value.zone].zone_id
  name     = each.value.name
  type     = "A"

  alias {
    name                   = each.value.target.dns_name
    zone_id                = each.value.target.hosted_zone_id
    evaluate_target_health = true
  }
}

output "zones" {
  value = { for service, zone in aws_route53_zone.this : service => zone.zone_id }
}
