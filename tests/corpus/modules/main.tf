# Modules in the style of the public registry: counts with element(), values passed through locals, inputs and outputs,
# rules as a map of objects, node security group beside the cluster's, Pod Identity for the CNI, autoscaler by tags.

terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

provider "aws" {
  region                      = "us-east-1"
  access_key                  = "none"
  secret_key                  = "none"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  skip_metadata_api_check     = true
  skip_region_validation      = true

  default_tags {
    tags = { project = "modules" }
  }
}

variable "name" {
  type    = string
  default = "modules"
}

locals {
  region = "us-east-1"
  zones  = [for letter in ["a", "b", "d"] : "${local.region}${letter}"]
}

module "network" {
  source = "./network"

  name            = var.name
  cidr            = "10.80.0.0/16"
  secondary_cidrs = ["100.64.0.0/16"]
  zones           = local.zones
  private_subnets = [for i, zone in local.zones : cidrsubnet("10.80.0.0/16", 4, i)]
  intra_subnets   = [for i, zone in local.zones : cidrsubnet("10.80.0.0/16", 8, 240 + i)]
  private_tags    = { "kubernetes.io/role/internal-elb" = 1 }
}

module "endpoints" {
  source = "./endpoints"

  vpc_id          = module.network.vpc_id
  region          = local.region
  subnet_ids      = module.network.intra_subnets
  route_table_ids = concat(module.network.private_route_table_ids, module.network.intra_route_table_ids)
  services = {
    for service in ["ec2", "ecr.api", "ecr.dkr", "sts", "eks", "eks-auth", "autoscaling"] :
    replace(service, ".", "_") => { service = service }
  }
  allowed_cidrs = ["10.80.0.0/16"]
}

module "eks" {
  source = "./eks"

  name                     = var.name
  vpc_id                   = module.network.vpc_id
  subnet_ids               = module.network.private_subnets
  control_plane_subnet_ids = module.network.intra_subnets

  node_security_group_rules = {
    self_all = { protocol = "-1", from_port = 0, to_port = 0, type = "ingress", self = true }
    kubelet  = { protocol = "tcp", from_port = 10250, to_port = 10250, type = "ingress", source_cluster_security_group = true }
    https    = { protocol = "tcp", from_port = 443, to_port = 443, type = "ingress", source_cluster_security_group = true }
    webhook  = { protocol = "tcp", from_port = 4443, to_port = 10251, type = "ingress", source_cluster_security_group = true }
    egress   = { protocol = "-1", from_port = 0, to_port = 0, type = "egress", cidr_blocks = ["0.0.0.0/0"] }
  }

  node_groups = {
    system  = { instance_types = ["m6i.large"], min_size = 3, max_size = 6 }
    general = { instance_types = ["m6i.xlarge"], min_size = 0, max_size = 30 }
  }

  depends_on = [module.endpoints, module.network]
}

output "cluster_name" {
  value = module.eks.cluster_name
}

output "node_security_group_id" {
  value = module.eks.node_security_group_id
}
