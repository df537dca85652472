terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

provider "aws" {
  region                      = local.file.region
  access_key                  = "x"
  secret_key                  = "x"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  skip_metadata_api_check     = true
}

# What an environment may say differently, as the pipeline hands it over.
variable "overrides" {
  type    = string
  default = <<-JSON
    {"cluster": {"version": "1.33"}, "endpoints": {"gateway_tiers": ["nodes"]}}
  JSON
}

locals {
  file = yamldecode(file("${path.module}/platform.yaml"))
  over = jsondecode(var.overrides)
  config = merge(local.file, {
    for section in keys(local.over) : section => merge(local.file[section], local.over[section])
  })
}

module "platform" {
  source = "./platform"
  config = local.config
}
