# Blue and green in one VPC. Each cluster has its node groups; interface endpoints are shared; a jump host reaches both.
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

provider "aws" {
  region                      = "ap-southeast-1"
  access_key                  = "x"
  secret_key                  = "x"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  skip_metadata_api_check     = true

  default_tags {
    tags = { team = "payments" }
  }
}

locals {
  region = "ap-southeast-1"
  zones  = { a = 0, b = 1, c = 2 }

  clusters = {
    blue = {
      version  = "1.32"
      identity = "irsa"
      zones    = ["a", "b", "c"]
      offset   = 0
      groups = {
        general = { types = ["m6g.large"], min = 3, max = 9, zones = ["a", "b", "c"] }
        memory  = { types = ["r6g.xlarge"], min = 1, max = 4, zones = ["a", "b"] }
      }
      addons = {
        kube-proxy = { early = true }
        vpc-cni    = { early = true, sa = "aws-node" }
        coredns    = { early = false }
      }
    }
    green = {
      version  = "1.33"
      identity = "pod-identity"
      zones    = ["b", "c"]
      offset   = 4
      groups = {
        general = { types = ["m7g.large"], min = 2, max = 6, zones = ["b", "c"] }
      }
      addons = {
        eks-pod-identity-agent = { early = true }
        kube-proxy             = { early = true }
        vpc-cni                = { early = true, sa = "aws-node" }
        coredns                = { early = false }
      }
    }
  }

  # cluster-zone -> what the subnet is
  cluster_subnets = merge([
    for name, c in local.clusters : {
      for z in c.zones : "${name}-${z}" => {
        cluster = name
        zone    = z
        cidr    = cidrsubnet(aws_vpc.shared.cidr_block, 4, c.offset + local.zones[z])
      }
    }
  ]...)
}

resource "aws_vpc" "shared" {
  cidr_block           = "10.64.0.0/16"
  enable_dns_support   = true
  enable_dns_hostnames = true
}

resource "aws_subnet" "cluster" {
  for_each          = local.cluster_subnets
  vpc_id            = aws_vpc.shared.id
  cidr_block        = each.value.cidr
  availability_zone = "${local.region}${each.value.zone}"
  tags = {
    Name                                          = each.key
    "kubernetes.io/role/internal-elb"             = "1"
    "kubernetes.io/cluster/${each.value.cluster}" = "shared"
  }
}

resource "aws_subnet" "services" {
  for_each          = local.zones
  vpc_id            = aws_vpc.shared.id
  cidr_block        = cidrsubnet(aws_vpc.shared.cidr_block, 10, 1000 + each.value)
  availability_zone = "${local.region}${each.key}"
}

resource "aws_route_table" "cluster" {
  for_each = local.clusters
  vpc_id   = aws_vpc.shared.id
  tags     = { Name = each.key }
}

resource "aws_route_table" "services" {
  vpc_id = aws_vpc.shared.id
}

resource "aws_route_table_association" "cluster" {
  for_each       = local.cluster_subnets
  subnet_id      = aws_subnet.cluster[each.key].id
  route_table_id = aws_route_table.cluster[each.value.cluster].id
}

resource "aws_route_table_association" "services" {
  for_each       = aws_subnet.services
  subnet_id      = each.value.id
  route_table_id = aws_route_table.services.id
}

# --- endpoints, shared; they let in what each cluster says its nodes wear ---

module "endpoints" {
  source = "./endpoints"

  vpc_id          = aws_vpc.shared.id
  prefix          = "com.amazonaws.${local.region}"
  subnet_ids      = values(aws_subnet.services)[*].id
  route_table_ids = concat([for rt in aws_route_table.cluster : rt.id], [aws_route_table.services.id])
  interface       = ["ec2", "ecr.api", "ecr.dkr", "eks", "eks-auth", "logs", "ssm", "ssmmessages", "sts"]
}

locals {
  clients = merge(
    { for name, c in module.cluster : "cluster-${name}" => c.security_groups["primary"] },
    { jump = aws_security_group.jump.id },
  )
}

resource "aws_vpc_security_group_ingress_rule" "endpoints" {
  for_each                     = toset(concat([for name in keys(local.clusters) : "cluster-${name}"], ["jump"]))
  security_group_id            = module.endpoints.security_group_id
  referenced_security_group_id = local.clients[each.value]
  description                  = each.value
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443
}

module "cluster" {
  source   = "./cluster"
  for_each = local.clusters

  name     = each.key
  settings = each.value
  vpc_id   = aws_vpc.shared.id
  subnet_ids = {
    for z in each.value.zones : z => aws_subnet.cluster["${each.key}-${z}"].id
  }
  api_clients = { jump = aws_security_group.jump.id }

  depends_on = [aws_route_table_association.cluster]
}

# --- node groups stand outside the module: they wait for the endpoints, which know the clusters' groups ---

locals {
  node_groups = merge([
    for name, c in local.clusters : {
      for group, g in c.groups : "${name}/${group}" => merge(g, { cluster = name, group = group })
    }
  ]...)
  late_addons = merge([
    for name, c in local.clusters : { for a, v in c.addons : "${name}/${a}" => { cluster = name, addon = a } if !v.early }
  ]...)
}

resource "aws_eks_node_group" "this" {
  for_each = local.node_groups

  cluster_name    = module.cluster[each.value.cluster].name
  node_group_name = each.value.group
  node_role_arn   = module.cluster[each.value.cluster].roles["node"]
  subnet_ids      = [for z in each.value.zones : aws_subnet.cluster["${each.value.cluster}-${z}"].id]
  ami_type        = "AL2023_ARM_64_STANDARD"
  instance_types  = each.value.types

  scaling_config {
    desired_size = each.value.min
    min_size     = each.value.min
    max_size     = each.value.max
  }

  depends_on = [
    module.endpoints,
    module.cluster,
    aws_vpc_security_group_ingress_rule.endpoints,
    aws_route_table_association.services,
    aws_route_table_association.cluster,
  ]
}

resource "aws_eks_addon" "late" {
  for_each     = local.late_addons
  cluster_name = module.cluster[each.value.cluster].name
  addon_name   = each.value.addon
  depends_on   = [aws_eks_node_group.this]
}

output "clusters" {
  value = { for name, c in module.cluster : name => { name = c.name, security_groups = c.security_groups } }
}
