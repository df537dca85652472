variable "name" { type = string }
variable "vpc_id" { type = string }
variable "ctrl_subnets" { type = list(string) }
variable "tier_subnets" { type = map(list(string)) }
variable "create_node_sg" {
  type    = bool
  default = true
}
variable "node_sg_id" {
  type    = string
  default = null
}
variable "bastion_sg_id" { type = string }
variable "node_groups" {
  type = map(object({ tier = string, types = list(string), size = number }))
}

locals {
  node_sg_id    = var.create_node_sg ? aws_security_group.node[0].id : var.node_sg_id
  cluster_sg_id = aws_eks_cluster.this.vpc_config[0].cluster_security_group_id

  trust = {
    for who in ["eks", "ec2", "pods.eks"] : who => jsonencode({
      Version   = "2012-10-17"
      Statement = [{ Effect = "Allow", Action = ["sts:AssumeRole", "sts:TagSession"], Principal = { Service = "${who}.amazonaws.com" } }]
    })
  }
}

resource "aws_security_group" "node" {
  count       = var.create_node_sg ? 1 : 0
  name_prefix = "${var.name}-node-"
  vpc_id      = var.vpc_id
}

# What nodes say to each other and to the API goes through the group that EKS makes; this one adds what else they may do.
resource "aws_vpc_security_group_egress_rule" "node_all" {
  security_group_id = local.node_sg_id
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "-1"
}

resource "aws_vpc_security_group_ingress_rule" "api_bastion" {
  security_group_id            = local.cluster_sg_id
  referenced_security_group_id = var.bastion_sg_id
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443
}

resource "aws_iam_role" "cluster" {
  name               = "${var.name}-cluster"
  assume_role_policy = local.trust["eks"]
}

resource "aws_iam_role_policy_attachment" "cluster" {
  role       = aws_iam_role.cluster.name
  policy_arn = "arn:aws:iam::aws:policy/AmazonEKSClusterPolicy"
}

resource "aws_iam_role" "node" {
  name               = "${var.name}-node"
  assume_role_policy = local.trust["ec2"]
}

resource "aws_iam_role_policy_attachment" "node" {
  for_each   = toset(["AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly"])
  role       = aws_iam_role.node.name
  policy_arn = "arn:aws:iam::aws:policy/${each.key}"
}

resource "aws_iam_role" "cni" {
  name               = "${var.name}-cni"
  assume_role_policy = local.trust["pods.eks"]
}

resource "aws_iam_role_policy_attachment" "cni" {
  role       = aws_iam_role.cni.name
  policy_arn = "arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy"
}

resource "aws_eks_cluster" "this" {
  name     = var.name
  version  = "1.33"
  role_arn = aws_iam_role.cluster.arn

  access_config {
    authentication_mode = "API"
  }

  vpc_config {
    subnet_ids              = var.ctrl_subnets
    endpoint_private_access = true
    endpoint_public_access  = false
  }

  depends_on = [aws_iam_role_policy_attachment.cluster]
}

resource "aws_eks_addon" "early" {
  for_each     = toset(["kube-proxy", "eks-pod-identity-agent"])
  cluster_name = aws_eks_cluster.this.name
  addon_name   = each.key
}

resource "aws_eks_addon" "cni" {
  cluster_name = aws_eks_cluster.this.name
  addon_name   = "vpc-cni"

  pod_identity_association {
    role_arn        = aws_iam_role.cni.arn
    service_account = "aws-node"
  }

  depends_on = [aws_iam_role_policy_attachment.cni]
}

resource "aws_eks_addon" "coredns" {
  cluster_name = aws_eks_cluster.this.name
  addon_name   = "coredns"
  depends_on   = [aws_eks_node_group.this]
}

resource "aws_launch_template" "node" {
  for_each               = var.node_groups
  name_prefix            = "${var.name}-${each.key}-"
  vpc_security_group_ids = compact([local.cluster_sg_id, local.node_sg_id])

  metadata_options {
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
  }
}

resource "aws_eks_node_group" "this" {
  for_each        = var.node_groups
  cluster_name    = aws_eks_cluster.this.name
  node_group_name = each.key
  node_role_arn   = aws_iam_role.node.arn
  subnet_ids      = var.tier_subnets[each.value.tier]
  ami_type        = "AL2023_x86_64_STANDARD"
  instance_types  = each.value.types

  launch_template {
    id      = aws_launch_template.node[each.key].id
    version = aws_launch_template.node[each.key].latest_version
  }

  scaling_config {
    desired_size = each.value.size
    min_size     = each.value.size
    max_size     = each.value.size + 3
  }

  depends_on = [
    aws_iam_role_policy_attachment.node,
    aws_eks_addon.early,
    aws_eks_addon.cni,
    aws_vpc_security_group_egress_rule.node_all,
  ]
}
