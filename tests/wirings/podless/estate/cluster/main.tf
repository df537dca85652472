variable "name" {}
variable "mode" {}
variable "subnets" { type = list(string) }
variable "group_override" { default = null }

locals {
  auto = var.mode == "auto"
  grants = local.auto ? ["AmazonEKSClusterPolicy", "AmazonEKSComputePolicy", "AmazonEKSBlockStoragePolicy",
  "AmazonEKSLoadBalancingPolicy", "AmazonEKSNetworkingPolicy"] : ["AmazonEKSClusterPolicy"]
}

resource "aws_iam_role" "cluster" {
  name = "${var.name}-cluster"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["sts:AssumeRole", "sts:TagSession"], Principal = { Service = "eks.amazonaws.com" } }]
  })
}

resource "aws_iam_role_policy_attachment" "cluster" {
  for_each   = toset(local.grants)
  role       = aws_iam_role.cluster.name
  policy_arn = "arn:aws:iam::aws:policy/${each.value}"
}

resource "aws_iam_role" "node" {
  count = local.auto ? 1 : 0
  name  = "${var.name}-node"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }]
  })
}

resource "aws_iam_role_policy_attachment" "node" {
  for_each   = toset(local.auto ? ["AmazonEKSWorkerNodeMinimalPolicy", "AmazonEC2ContainerRegistryPullOnly"] : [])
  role       = one(aws_iam_role.node[*].name)
  policy_arn = "arn:aws:iam::aws:policy/${each.value}"
}

resource "aws_eks_cluster" "this" {
  name                          = var.name
  role_arn                      = aws_iam_role.cluster.arn
  version                       = "1.33"
  bootstrap_self_managed_addons = local.auto ? false : true

  access_config {
    authentication_mode = "API"
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
      node_role_arn = one(aws_iam_role.node[*].arn)
    }
  }

  dynamic "kubernetes_network_config" {
    for_each = local.auto ? [1] : []
    content {
      elastic_load_balancing {
        enabled = true
      }
    }
  }

  dynamic "storage_config" {
    for_each = local.auto ? [1] : []
    content {
      block_storage {
        enabled = true
      }
    }
  }

  depends_on = [aws_iam_role_policy_attachment.cluster, aws_iam_role_policy_attachment.node]
}

output "name" { value = aws_eks_cluster.this.name }
output "primary_group" {
  value = coalesce(var.group_override, one(aws_eks_cluster.this.vpc_config).cluster_security_group_id)
}
