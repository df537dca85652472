variable "name" {
  type = string
}

variable "vpc_id" {
  type = string
}

variable "subnet_ids" {
  type = list(string)
}

variable "control_plane_subnet_ids" {
  type    = list(string)
  default = []
}

variable "node_security_group_rules" {
  type = any
}

variable "node_groups" {
  type = any
}

locals {
  cluster_security_group_id = aws_security_group.cluster.id
  node_security_group_id    = aws_security_group.node.id
}

resource "aws_iam_role" "cluster" {
  name_prefix = "${var.name}-cluster-"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["sts:AssumeRole", "sts:TagSession"], Principal = { Service = "eks.amazonaws.com" } }]
  })
}

resource "aws_iam_role_policy_attachment" "cluster" {
  for_each = { AmazonEKSClusterPolicy = "arn:aws:iam::aws:policy/AmazonEKSClusterPolicy" }

  role       = aws_iam_role.cluster.name
  policy_arn = each.value
}

resource "aws_security_group" "cluster" {
  name_prefix = "${var.name}-cluster-"
  description = "Control plane, additional"
  vpc_id      = var.vpc_id
}

resource "aws_security_group_rule" "cluster" {
  for_each = { ingress_nodes_443 = { type = "ingress", from_port = 443, to_port = 443, source_node_security_group = true } }

  security_group_id        = aws_security_group.cluster.id
  protocol                 = try(each.value.protocol, "tcp")
  from_port                = each.value.from_port
  to_port                  = each.value.to_port
  type                     = try(each.value.type, "ingress")
  cidr_blocks              = lookup(each.value, "cidr_blocks", null)
  source_security_group_id = try(each.value.source_node_security_group, false) ? local.node_security_group_id : lookup(each.value, "source_security_group_id", null)
}

resource "aws_security_group" "node" {
  name_prefix = "${var.name}-node-"
  description = "Nodes"
  vpc_id      = var.vpc_id
}

resource "aws_security_group_rule" "node" {
  for_each = var.node_security_group_rules

  security_group_id        = aws_security_group.node.id
  protocol                 = each.value.protocol
  from_port                = each.value.from_port
  to_port                  = each.value.to_port
  type                     = each.value.type
  cidr_blocks              = lookup(each.value, "cidr_blocks", null)
  self                     = lookup(each.value, "self", null)
  source_security_group_id = try(each.value.source_cluster_security_group, false) ? local.cluster_security_group_id : null
}

resource "aws_eks_cluster" "this" {
  name     = var.name
  role_arn = try(aws_iam_role.cluster.arn, null)
  version  = "1.33"

  access_config {
    authentication_mode = "API_AND_CONFIG_MAP"
  }

  vpc_config {
    security_group_ids      = compact(distinct(concat([], [local.cluster_security_group_id])))
    subnet_ids              = coalescelist(var.control_plane_subnet_ids, var.subnet_ids)
    endpoint_private_access = true
    endpoint_public_access  = false
  }

  depends_on = [aws_iam_role_policy_attachment.cluster, aws_security_group_rule.cluster, aws_security_group_rule.node]
}

data "aws_iam_policy_document" "pod_identity" {
  statement {
    actions = ["sts:AssumeRole", "sts:TagSession"]
    principals {
      type        = "Service"
      identifiers = ["pods.eks.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "cni" {
  name_prefix        = "${var.name}-cni-"
  assume_role_policy = data.aws_iam_policy_document.pod_identity.json
}

resource "aws_iam_role_policy_attachment" "cni" {
  role       = aws_iam_role.cni.name
  policy_arn = "arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy"
}

resource "aws_eks_addon" "before_compute" {
  for_each = { vpc-cni = {}, eks-pod-identity-agent = {}, kube-proxy = {} }

  cluster_name = aws_eks_cluster.this.id
  addon_name   = each.key

  dynamic "pod_identity_association" {
    for_each = each.key == "vpc-cni" ? ["aws-node"] : []
    content {
      role_arn        = aws_iam_role.cni.arn
      service_account = pod_identity_association.value
    }
  }

  depends_on = [aws_iam_role_policy_attachment.cni]
}

resource "aws_eks_addon" "this" {
  for_each = { coredns = {} }

  cluster_name = aws_eks_cluster.this.id
  addon_name   = each.key

  depends_on = [module.node_group]
}

module "node_group" {
  source   = "./node_group"
  for_each = var.node_groups

  name                              = each.key
  cluster_name                      = aws_eks_cluster.this.name
  subnet_ids                        = var.subnet_ids
  vpc_security_group_ids            = compact(concat([local.node_security_group_id], []))
  cluster_primary_security_group_id = aws_eks_cluster.this.vpc_config[0].cluster_security_group_id
  instance_types                    = each.value.instance_types
  min_size                          = each.value.min_size
  max_size                          = each.value.max_size

  depends_on = [aws_eks_addon.before_compute]
}

output "cluster_name" {
  value = aws_eks_cluster.this.name
}

output "node_security_group_id" {
  value = local.node_security_group_id
}
