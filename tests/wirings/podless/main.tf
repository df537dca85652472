terraform {
  required_version = ">= 1.6"
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

provider "aws" {
  region                      = local.region
  access_key                  = "x"
  secret_key                  = "x"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  skip_metadata_api_check     = true
}

locals {
  region = "ap-southeast-2"
  flavours = {
    serverless = { mode = "fargate", tier = "quiet" }
    auto       = { mode = "auto", tier = "busy" }
  }
}

module "net" {
  source = "./net"
  range  = "172.21.0.0/16"
  zones  = formatlist("${local.region}%s", ["a", "b", "c"])
  tiers  = distinct(concat([for f in local.flavours : f.tier], ["doors"]))
}

module "doors" {
  source   = "./doors"
  region   = local.region
  vpc_id   = module.net.layout.vpc_id
  subnets  = module.net.layout.tiers["doors"]
  tables   = module.net.layout.tables
  services = ["ec2", "ecr.api", "ecr.dkr", "sts", "eks", "eks-auth", "logs", "elasticloadbalancing", "autoscaling", "ssm"]
}

module "estate" {
  source     = "./estate"
  flavours   = local.flavours
  layout     = module.net.layout
  depends_on = [module.doors]
}

module "guests" {
  source = "./guests"
  group  = module.doors.group
  guests = module.estate.primary_groups
}

module "compute" {
  source   = "./compute"
  cluster  = module.estate.names["serverless"]
  subnets  = module.net.layout.tiers[local.flavours.serverless.tier]
  profiles = { system = ["kube-system"], apps = ["default", "apps"] }

  depends_on = [module.guests]
}
