variable "config" {
  type = any
}

locals {
  defaults = {
    tags    = {}
    ingress = []
    egress  = []
  }
  cfg     = var.config
  net     = local.cfg.network
  tiers   = { for name, tier in local.net.tiers : name => merge(local.defaults, tier) }
  subnets = merge([for name, tier in local.tiers : {
    for i, zone in local.net.zones : "${name}:${zone}" => {
      tier = name
      zone = "${local.cfg.region}${zone}"
      cidr = cidrsubnet(local.net.cidr, tier.newbits, tier.first + i)
      tags = tier.tags
    }
  }]...)
}
