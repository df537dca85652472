terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

provider "aws" {
  region                      = "eu-north-1"
  access_key                  = "x"
  secret_key                  = "x"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  skip_metadata_api_check     = true
}

variable "env" {
  default = "lab"
}

variable "pools" {
  default = {
    general = { type = "m6i.xlarge", size = 3, labels = "role=general" }
    memory  = { type = "r6i.2xlarge", size = 2, labels = "role=memory" }
  }
}

module "fabric" {
  source = "./modules/fabric"
  env    = var.env
  region = "eu-north-1"
  block  = "10.30.0.0/17"
  endpoints = [
    "ec2", "ecr.api", "ecr.dkr", "sts", "eks", "eks-auth", "ssm", "sqs", "autoscaling", "logs",
  ]
}

module "who" {
  source = "./modules/identity"
  for_each = {
    control = { service = "eks", policies = ["AmazonEKSClusterPolicy"] }
    workers = { service = "ec2", policies = ["AmazonEKSWorkerNodePolicy", "AmazonEKS_CNI_Policy", "AmazonEC2ContainerRegistryPullOnly"] }
    system  = { service = "ec2", policies = ["AmazonEKSWorkerNodePolicy", "AmazonEKS_CNI_Policy", "AmazonEC2ContainerRegistryPullOnly"] }
  }
  name     = "${var.env}-${each.key}"
  service  = each.value.service
  policies = each.value.policies
  profile  = each.key == "workers"
}

resource "aws_eks_cluster" "this" {
  name     = var.env
  version  = "1.32"
  role_arn = module.who["control"].role.arn

  access_config {
    authentication_mode                         = "API"
    bootstrap_cluster_creator_admin_permissions = false
  }

  vpc_config {
    subnet_ids              = module.fabric.subnets
    security_group_ids      = [module.fabric.default_group]
    endpoint_private_access = true
    endpoint_public_access  = false
  }

  depends_on = [module.who]
}

locals {
  control_group = aws_eks_cluster.this.vpc_config[0].cluster_security_group_id
  worker_groups = [aws_security_group.workers.id, module.fabric.default_group]
}

resource "aws_security_group" "workers" {
  name_prefix = "${var.env}-workers-"
  description = "self-managed and karpenter nodes"
  vpc_id      = module.fabric.vpc
  tags = {
    "karpenter.sh/discovery"           = var.env
    "kubernetes.io/cluster/${var.env}" = "owned"
  }
}

resource "aws_security_group_rule" "workers" {
  for_each = {
    from_control = { type = "ingress", from = 1025, to = 65535, proto = "tcp", peer = local.control_group }
    webhooks     = { type = "ingress", from = 443, to = 443, proto = "tcp", peer = local.control_group }
    from_managed = { type = "ingress", from = 0, to = 0, proto = "-1", peer = local.control_group }
    out          = { type = "egress", from = 0, to = 0, proto = "-1", peer = null }
  }
  security_group_id        = aws_security_group.workers.id
  type                     = each.value.type
  from_port                = each.value.from
  to_port                  = each.value.to
  protocol                 = each.value.proto
  source_security_group_id = each.value.peer
  cidr_blocks              = each.value.peer == null ? ["0.0.0.0/0"] : null
}

resource "aws_security_group_rule" "workers_self" {
  for_each          = toset(["ingress"])
  security_group_id = aws_security_group.workers.id
  type              = each.key
  self              = true
  from_port         = 0
  to_port           = 0
  protocol          = "-1"
}

resource "aws_security_group_rule" "control_from_workers" {
  security_group_id        = local.control_group
  source_security_group_id = aws_security_group.workers.id
  type                     = "ingress"
  from_port                = 0
  to_port                  = 0
  protocol                 = "-1"
}

module "pool" {
  source   = "./modules/pool"
  for_each = var.pools

  name    = "${var.env}-${each.key}"
  spec    = each.value
  subnets = module.fabric.subnets
  groups  = local.worker_groups
  profile = module.who["workers"].profile
  cluster = {
    name     = aws_eks_cluster.this.name
    endpoint = aws_eks_cluster.this.endpoint
    ca       = aws_eks_cluster.this.certificate_authority[0].data
    cidr     = aws_eks_cluster.this.kubernetes_network_config[0].service_ipv4_cidr
  }

  depends_on = [module.fabric, aws_eks_addon.base, aws_security_group_rule.workers, aws_security_group_rule.workers_self, aws_security_group_rule.control_from_workers, aws_eks_access_entry.workers]
}

resource "aws_eks_access_entry" "workers" {
  cluster_name  = aws_eks_cluster.this.name
  principal_arn = module.who["workers"].role.arn
  type          = "EC2_LINUX"
}

resource "aws_eks_addon" "base" {
  for_each     = { vpc-cni = null, kube-proxy = null, eks-pod-identity-agent = null }
  cluster_name = aws_eks_cluster.this.name
  addon_name   = each.key
}

resource "aws_eks_node_group" "system" {
  cluster_name    = aws_eks_cluster.this.name
  node_group_name = "system"
  node_role_arn   = module.who["system"].role.arn
  subnet_ids      = module.fabric.subnets
  ami_type        = "AL2023_x86_64_STANDARD"
  scaling_config {
    desired_size = 2
    max_size     = 2
    min_size     = 2
  }
  depends_on = [module.fabric, module.who, aws_eks_addon.base, aws_security_group_rule.control_from_workers]
}

module "karpenter" {
  source    = "./modules/karpenter"
  cluster   = aws_eks_cluster.this.name
  node_role = module.who["workers"].role
}
