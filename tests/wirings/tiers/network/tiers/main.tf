variable "name" { type = string }
variable "vpc" {
  type = object({ id = string, cidr = string })
}
variable "subnets" {
  type = map(object({ tier = string, az = string, cidr = string }))
}

locals {
  tiers = toset([for s in var.subnets : s.tier])

  cidrs = { for t in local.tiers : t => [for s in var.subnets : s.cidr if s.tier == t] }

  tags = {
    app = { "kubernetes.io/role/internal-elb" = "1" }
  }
}

resource "aws_subnet" "this" {
  for_each          = var.subnets
  vpc_id            = var.vpc.id
  availability_zone = each.value.az
  cidr_block        = each.value.cidr
  tags              = merge({ Name = "${var.name}-${replace(each.key, "/", "-")}" }, lookup(local.tags, each.value.tier, {}))
}

module "routing" {
  source  = "./routing"
  vpc_id  = var.vpc.id
  tiers   = local.tiers
  subnets = { for k, s in aws_subnet.this : k => s.id }
}

output "subnet_ids" {
  value = { for t in local.tiers : t => [for k, s in aws_subnet.this : s.id if startswith(k, "${t}/")] }
}

output "route_tables" {
  value = module.routing.ids
}
