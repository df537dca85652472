# One module called twice: two VPCs with a cluster each, one with managed nodes, one with self-managed ones.

terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

provider "aws" {
  region                      = "ap-southeast-2"
  access_key                  = "none"
  secret_key                  = "none"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  skip_metadata_api_check     = true
  skip_region_validation      = true
}

module "cell" {
  source   = "./cell"
  for_each = { blue = { octet = 10, self_managed = false }, green = { octet = 11, self_managed = true } }

  name         = each.key
  cidr         = "10.${each.value.octet}.0.0/16"
  self_managed = each.value.self_managed
}

output "clusters" {
  value = { for name, cell in module.cell : name => cell.cluster_name }
}
