variable "name" { type = string }
variable "cidr" { type = string }
variable "subnets" {
  type = map(object({ tier = string, az = string, cidr = string }))
}

resource "aws_vpc" "this" {
  cidr_block           = var.cidr
  enable_dns_support   = true
  enable_dns_hostnames = true
  tags                 = { Name = var.name }
}

module "tiers" {
  source  = "./tiers"
  name    = var.name
  vpc     = { id = aws_vpc.this.id, cidr = var.cidr }
  subnets = var.subnets
}

output "vpc_id" {
  value = aws_vpc.this.id
}

output "subnet_ids" {
  value = module.tiers.subnet_ids
}

output "route_tables" {
  value = module.tiers.route_tables
}
