locals {
  region = "eu-central-1"
  zones  = ["a", "b"]

  vpcs = {
    hub = {
      cidr  = "10.0.0.0/20"
      tiers = { endpoints = "10.0.0.0/24", ops = "10.0.1.0/24", tgw = "10.0.15.0/24" }
    }
    spoke = {
      cidr  = "10.32.0.0/16"
      tiers = { nodes = "10.32.0.0/17", control = "10.32.254.0/24", tgw = "10.32.255.0/24" }
    }
  }

  tiers = merge([for vpc, v in local.vpcs : {
    for tier, cidr in v.tiers : "${vpc}/${tier}" => { vpc = vpc, tier = tier, cidr = cidr }
  }]...)

  subnets = merge([for path, t in local.tiers : {
    for i, zone in local.zones : "${path}/${zone}" => merge(t, { path = path, zone = zone, cidr = cidrsubnet(t.cidr, 1, i) })
  }]...)

  # which tiers need the way to the other side
  crossings = {
    "hub/endpoints" = "spoke"
    "hub/ops"       = "spoke"
    "spoke/nodes"   = "hub"
    "spoke/control" = "hub"
  }

  # service -> the zone that clients ask for
  services = {
    "ec2"         = "ec2.${local.region}.amazonaws.com"
    "ecr.api"     = "api.ecr.${local.region}.amazonaws.com"
    "ecr.dkr"     = "dkr.ecr.${local.region}.amazonaws.com"
    "eks"         = "eks.${local.region}.amazonaws.com"
    "eks-auth"    = "eks-auth.${local.region}.api.aws"
    "logs"        = "logs.${local.region}.amazonaws.com"
    "ssm"         = "ssm.${local.region}.amazonaws.com"
    "ssmmessages" = "ssmmessages.${local.region}.amazonaws.com"
    "sts"         = "sts.${local.region}.amazonaws.com"
  }
  wildcards = ["ecr.dkr"]

  names_in = ["hub", "spoke"]
}
