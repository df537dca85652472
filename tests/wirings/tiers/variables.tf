variable "name" {
  type    = string
  default = "orbit"
}

variable "cidr" {
  type    = string
  default = "10.40.0.0/16"
}

# One map of objects says it all; the part before the slash is the tier.
variable "subnets" {
  type = map(object({
    tier = string
    az   = string
    cidr = string
  }))
  default = {
    "app/a"   = { tier = "app", az = "eu-west-1a", cidr = "10.40.0.0/19" }
    "app/b"   = { tier = "app", az = "eu-west-1b", cidr = "10.40.32.0/19" }
    "app/c"   = { tier = "app", az = "eu-west-1c", cidr = "10.40.64.0/19" }
    "appdb/a" = { tier = "appdb", az = "eu-west-1a", cidr = "10.40.200.0/24" }
    "appdb/b" = { tier = "appdb", az = "eu-west-1b", cidr = "10.40.201.0/24" }
    "ctrl/a"  = { tier = "ctrl", az = "eu-west-1a", cidr = "10.40.240.0/26" }
    "ctrl/b"  = { tier = "ctrl", az = "eu-west-1b", cidr = "10.40.240.64/26" }
    "ctrl/c"  = { tier = "ctrl", az = "eu-west-1c", cidr = "10.40.240.128/26" }
    "vpce/a"  = { tier = "vpce", az = "eu-west-1a", cidr = "10.40.250.0/26" }
    "vpce/b"  = { tier = "vpce", az = "eu-west-1b", cidr = "10.40.250.64/26" }
    "vpce/c"  = { tier = "vpce", az = "eu-west-1c", cidr = "10.40.250.128/26" }
    "ops/a"   = { tier = "ops", az = "eu-west-1a", cidr = "10.40.252.0/26" }
  }
}

variable "node_groups" {
  type = map(object({
    tier  = optional(string, "app")
    types = list(string)
    size  = number
  }))
  default = {
    system = { types = ["m6i.large"], size = 3 }
    batch  = { types = ["c6i.2xlarge"], size = 2 }
  }
}
