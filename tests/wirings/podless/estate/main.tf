variable "flavours" { type = map(object({ mode = string, tier = string })) }
variable "layout" { type = any }

module "cluster" {
  for_each = var.flavours
  source   = "./cluster"
  name     = "estate-${each.key}"
  mode     = each.value.mode
  subnets  = var.layout.tiers[each.value.tier]
}

output "names" {
  value = { for k, c in module.cluster : k => c.name }
}

output "primary_groups" {
  value = { for k, c in module.cluster : k => c.primary_group }
}
