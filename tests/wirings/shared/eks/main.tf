variable "name" { type = string }
variable "control_subnets" { type = list(string) }
variable "node_subnets" { type = list(string) }
variable "operators" { type = map(string) }

locals {
  service_roles = {
    cluster = { service = "eks.amazonaws.com", attach = ["AmazonEKSClusterPolicy"] }
    node    = { service = "ec2.amazonaws.com", attach = ["AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly"] }
    cni     = { service = "pods.eks.amazonaws.com", attach = ["AmazonEKS_CNI_Policy"] }
  }
  attach = merge([for role, r in local.service_roles : { for p in r.attach : "${role}:${p}" => { role = role, policy = p } }]...)
}

resource "aws_iam_role" "this" {
  for_each           = local.service_roles
  name_prefix        = "${var.name}-${each.key}-"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = ["sts:AssumeRole", "sts:TagSession"], Principal = { Service = each.value.service } }] })
}

resource "aws_iam_role_policy_attachment" "this" {
  for_each   = local.attach
  role       = aws_iam_role.this[each.value.role].name
  policy_arn = "arn:aws:iam::aws:policy/${each.value.policy}"
}

resource "aws_eks_cluster" "this" {
  name     = var.name
  role_arn = aws_iam_role.this["cluster"].arn

  access_config {
    authentication_mode = "API"
  }

  vpc_config {
    subnet_ids              = var.control_subnets
    endpoint_private_access = true
    endpoint_public_access  = false
  }

  depends_on = [aws_iam_role_policy_attachment.this]
}

resource "aws_security_group_rule" "operators" {
  for_each          = var.operators
  type              = "ingress"
  description       = each.key
  security_group_id = aws_eks_cluster.this.vpc_config[0].cluster_security_group_id
  cidr_blocks       = [each.value]
  protocol          = "tcp"
  from_port         = 443
  to_port           = 443
}

resource "aws_eks_addon" "early" {
  for_each     = { vpc-cni = "aws-node", kube-proxy = null, eks-pod-identity-agent = null }
  cluster_name = aws_eks_cluster.this.name
  addon_name   = each.key

  dynamic "pod_identity_association" {
    for_each = each.value[*]
    content {
      service_account = pod_identity_association.value
      role_arn        = aws_iam_role.this["cni"].arn
    }
  }

  depends_on = [aws_iam_role_policy_attachment.this]
}

resource "aws_eks_node_group" "this" {
  cluster_name    = aws_eks_cluster.this.name
  node_group_name = "${var.name}-workers"
  node_role_arn   = aws_iam_role.this["node"].arn
  subnet_ids      = var.node_subnets
  instance_types  = ["m6i.xlarge"]
  ami_type        = "BOTTLEROCKET_x86_64"

  scaling_config {
    desired_size = 2
    min_size     = 2
    max_size     = 8
  }

  depends_on = [aws_iam_role_policy_attachment.this, aws_eks_addon.early]
}

resource "aws_eks_addon" "coredns" {
  cluster_name = aws_eks_cluster.this.name
  addon_name   = "coredns"
  depends_on   = [aws_eks_node_group.this]
}
