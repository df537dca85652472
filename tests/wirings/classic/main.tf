locals {
  vpc_cidr = "10.12.0.0/16"
  azs      = formatlist("%s%s", var.region, ["a", "b", "c"])

  common_acl = [
    { rule_number = 100, rule_action = "allow", from_port = 0, to_port = 0, protocol = "-1", cidr_block = local.vpc_cidr },
  ]
}

module "vpc" {
  source = "./modules/vpc"

  name             = var.cluster_name
  cidr             = local.vpc_cidr
  azs              = local.azs
  private_subnets  = ["10.12.0.0/19", "10.12.32.0/19", "10.12.64.0/19"]
  intra_subnets    = ["10.12.128.0/24", "10.12.129.0/24", "10.12.130.0/24"]
  database_subnets = ["10.12.140.0/24", "10.12.141.0/24"]

  single_private_route_table    = false
  private_dedicated_network_acl = true
  private_inbound_acl_rules = concat(local.common_acl, [
    { rule_number = 110, rule_action = "allow", from_port = 1024, to_port = 65535, protocol = "tcp", cidr_block = "0.0.0.0/0" },
  ])
  private_outbound_acl_rules = concat(local.common_acl, [
    { rule_number = 110, rule_action = "allow", from_port = 443, to_port = 443, protocol = "tcp", cidr_block = "0.0.0.0/0" },
  ])

  private_subnet_tags = { "kubernetes.io/role/internal-elb" = 1 }
}

module "vpc_endpoints" {
  source = "./modules/vpc-endpoints"

  region = var.region
  vpc_id = module.vpc.vpc_id

  create_security_group = true
  security_group_rules = {
    nodes   = { cidr_blocks = module.vpc.private_subnets_cidr_blocks }
    bastion = { source_security_group_id = module.bastion.security_group_id }
  }

  defaults = {
    service_type        = "Interface"
    private_dns_enabled = true
    subnet_ids          = module.vpc.intra_subnets
  }

  endpoints = merge(
    {
      s3 = {
        service_type    = "Gateway"
        route_table_ids = flatten([module.vpc.intra_route_table_ids, module.vpc.private_route_table_ids])
      }
    },
    { for s in ["ec2", "sts", "logs", "ssm", "ssmmessages", "autoscaling"] : s => {} },
    {
      ecr_api = { service = "ecr.api" }
      ecr_dkr = { service = "ecr.dkr", subnet_ids = module.vpc.intra_subnets }
    },
  )
}

module "bastion" {
  source = "./modules/bastion"

  create     = true
  name       = "${var.cluster_name}-bastion"
  vpc_id     = module.vpc.vpc_id
  subnet_ids = module.vpc.intra_subnets
  vpc_cidr   = local.vpc_cidr
}

module "eks" {
  source = "./modules/eks"

  cluster_name    = var.cluster_name
  cluster_version = "1.32"

  vpc_id                   = module.vpc.vpc_id
  subnet_ids               = module.vpc.private_subnets
  control_plane_subnet_ids = []

  create_cluster_security_group = true
  create_node_security_group    = true

  cluster_security_group_additional_rules = {
    ingress_bastion_443 = {
      type                     = "ingress"
      from_port                = 443
      to_port                  = 443
      source_security_group_id = module.bastion.security_group_id
    }
  }

  node_groups = {
    main = { instance_types = ["m5.large"], desired_size = 3 }
    spot = {
      instance_types = ["m5.large", "m5a.large"]
      capacity_type  = "SPOT"
      subnet_ids     = slice(module.vpc.private_subnets, 0, 2)
    }
  }

  depends_on = [module.vpc, module.vpc_endpoints]
}
