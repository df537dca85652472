variable "name" {}
variable "spec" {}
variable "vpc_id" {}
variable "subnets" {}
variable "desk_sg" {}
variable "trust" {}

locals {
  auto    = var.spec.kind == "auto"
  fargate = var.spec.kind == "fargate"
  cluster_policies = concat(["AmazonEKSClusterPolicy"], local.auto ? [
    "AmazonEKSComputePolicy", "AmazonEKSBlockStoragePolicy", "AmazonEKSLoadBalancingPolicy", "AmazonEKSNetworkingPolicy"
  ] : [])
  node_policies = {
    managed = ["AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly", "AmazonEKS_CNI_Policy"]
    auto    = ["AmazonEKSWorkerNodeMinimalPolicy", "AmazonEC2ContainerRegistryPullOnly"]
    fargate = ["AmazonEKSFargatePodExecutionRolePolicy"]
  }[var.spec.kind]
}

resource "aws_iam_role" "cluster" {
  name               = "${var.name}-cluster"
  assume_role_policy = var.trust.eks
}
resource "aws_iam_role_policy_attachment" "cluster" {
  for_each   = toset(local.cluster_policies)
  role       = aws_iam_role.cluster.name
  policy_arn = "arn:aws:iam::aws:policy/${each.key}"
}
resource "aws_iam_role" "runner" {
  name               = "${var.name}-runner"
  assume_role_policy = local.fargate ? var.trust["eks-fargate-pods"] : var.trust["ec2"]
}
resource "aws_iam_role_policy_attachment" "runner" {
  for_each   = toset(local.node_policies)
  role       = aws_iam_role.runner.name
  policy_arn = "arn:aws:iam::aws:policy/${each.key}"
}

resource "aws_eks_cluster" "this" {
  name                          = var.name
  version                       = var.spec.version
  role_arn                      = aws_iam_role.cluster.arn
  bootstrap_self_managed_addons = local.auto ? false : true
  access_config {
    authentication_mode                         = "API"
    bootstrap_cluster_creator_admin_permissions = true
  }
  vpc_config {
    subnet_ids              = var.subnets
    endpoint_private_access = true
    endpoint_public_access  = false
  }
  dynamic "compute_config" {
    for_each = local.auto ? [1] : []
    content {
      enabled       = true
      node_pools    = ["general-purpose", "system"]
      node_role_arn = aws_iam_role.runner.arn
    }
  }
  dynamic "storage_config" {
    for_each = local.auto ? [1] : []
    content {
      block_storage { enabled = true }
    }
  }
  dynamic "kubernetes_network_config" {
    for_each = local.auto ? [1] : []
    content {
      elastic_load_balancing { enabled = true }
    }
  }
  depends_on = [aws_iam_role_policy_attachment.cluster, aws_iam_role_policy_attachment.runner]
}

resource "aws_vpc_security_group_ingress_rule" "desk" {
  security_group_id            = one(aws_eks_cluster.this.vpc_config[*]).cluster_security_group_id
  referenced_security_group_id = var.desk_sg
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443
}

resource "aws_eks_node_group" "pool" {
  for_each        = local.auto || local.fargate ? {} : var.spec.pools
  cluster_name    = aws_eks_cluster.this.name
  node_group_name = each.key
  node_role_arn   = aws_iam_role.runner.arn
  subnet_ids      = var.subnets
  ami_type        = each.value.arch == "arm64" ? "AL2023_ARM_64_STANDARD" : "AL2023_x86_64_STANDARD"
  instance_types  = each.value.arch == "arm64" ? ["m7g.large"] : ["m7i.large"]
  scaling_config {
    min_size     = 1
    max_size     = each.value.size * 2
    desired_size = each.value.size
  }
  depends_on = [aws_iam_role_policy_attachment.runner, aws_eks_addon.before]
}

resource "aws_eks_addon" "before" {
  for_each     = local.auto || local.fargate ? [] : toset(["vpc-cni", "kube-proxy", "eks-pod-identity-agent"])
  cluster_name = aws_eks_cluster.this.name
  addon_name   = each.key
}
resource "aws_eks_addon" "after" {
  count        = local.auto || local.fargate ? 0 : 1
  cluster_name = aws_eks_cluster.this.name
  addon_name   = "coredns"
  depends_on   = [aws_eks_node_group.pool]
}

resource "aws_eks_fargate_profile" "p" {
  for_each               = var.spec.profiles
  cluster_name           = aws_eks_cluster.this.name
  fargate_profile_name   = each.key
  pod_execution_role_arn = aws_iam_role.runner.arn
  subnet_ids             = var.subnets
  dynamic "selector" {
    for_each = each.value
    content { namespace = selector.value }
  }
}

output "groups" {
  value = {
    primary = aws_eks_cluster.this.vpc_config[0].cluster_security_group_id
    roles   = { cluster = aws_iam_role.cluster.arn, runner = aws_iam_role.runner.arn }
  }
}
output "endpoint" { value = aws_eks_cluster.this.endpoint }
