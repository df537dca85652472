variable "name" { type = string }
variable "settings" { type = any }
variable "vpc_id" { type = string }
variable "subnet_ids" { type = map(string) }
variable "api_clients" { type = map(string) }

locals {
  irsa     = var.settings.identity == "irsa"
  issuer   = trimprefix(aws_eks_cluster.this.identity[0].oidc[0].issuer, "https://")
  policies = ["AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly"]
  early    = { for name, addon in var.settings.addons : name => addon if addon.early }
}

resource "aws_eks_cluster" "this" {
  name     = var.name
  version  = var.settings.version
  role_arn = aws_iam_role.this["cluster"].arn

  access_config {
    authentication_mode = "API"
  }

  vpc_config {
    subnet_ids              = values(var.subnet_ids)
    endpoint_private_access = true
    endpoint_public_access  = false
  }

  depends_on = [aws_iam_role_policy_attachment.cluster]
}

resource "aws_vpc_security_group_ingress_rule" "api" {
  for_each                     = var.api_clients
  security_group_id            = aws_eks_cluster.this.vpc_config[0].cluster_security_group_id
  referenced_security_group_id = each.value
  description                  = "API from ${each.key}"
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443
}

# --- roles ---

data "aws_iam_policy_document" "service" {
  for_each = { cluster = "eks.amazonaws.com", node = "ec2.amazonaws.com" }
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = [each.value]
    }
  }
}

resource "aws_iam_role" "this" {
  for_each           = data.aws_iam_policy_document.service
  name               = "${var.name}-${each.key}"
  assume_role_policy = each.value.json
}

resource "aws_iam_role_policy_attachment" "cluster" {
  role       = aws_iam_role.this["cluster"].name
  policy_arn = "arn:aws:iam::aws:policy/AmazonEKSClusterPolicy"
}

resource "aws_iam_role_policy_attachment" "node" {
  count      = length(local.policies)
  role       = aws_iam_role.this["node"].name
  policy_arn = "arn:aws:iam::aws:policy/${local.policies[count.index]}"
}

resource "aws_iam_openid_connect_provider" "this" {
  count           = local.irsa ? 1 : 0
  url             = aws_eks_cluster.this.identity[0].oidc[0].issuer
  client_id_list  = ["sts.amazonaws.com"]
  thumbprint_list = ["9e99a48a9960b14926bb7f3b02e22da2b0ab7280"]
}

resource "aws_iam_role" "cni" {
  name = "${var.name}-cni"
  assume_role_policy = local.irsa ? jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = one(aws_iam_openid_connect_provider.this[*].arn) }
      Condition = { StringEquals = {
        "${local.issuer}:sub" = "system:serviceaccount:kube-system:aws-node"
        "${local.issuer}:aud" = "sts.amazonaws.com"
      } }
    }]
    }) : jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["sts:AssumeRole", "sts:TagSession"], Principal = { Service = "pods.eks.amazonaws.com" } }]
  })
}

resource "aws_iam_role_policy_attachment" "cni" {
  role       = aws_iam_role.cni.name
  policy_arn = "arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy"
}

resource "aws_eks_addon" "early" {
  for_each                 = local.early
  cluster_name             = aws_eks_cluster.this.name
  addon_name               = each.key
  service_account_role_arn = local.irsa && try(each.value.sa, null) != null ? aws_iam_role.cni.arn : null

  dynamic "pod_identity_association" {
    for_each = local.irsa ? [] : compact([try(each.value.sa, "")])
    content {
      service_account = pod_identity_association.value
      role_arn        = aws_iam_role.cni.arn
    }
  }

  depends_on = [aws_iam_role_policy_attachment.cni]
}

output "name" {
  value = aws_eks_cluster.this.name
}

output "security_groups" {
  value = {
    primary = aws_eks_cluster.this.vpc_config[0].cluster_security_group_id
  }
}

output "roles" {
  value      = { for who, role in aws_iam_role.this : who => role.arn }
  depends_on = [aws_iam_role_policy_attachment.node, aws_eks_addon.early, aws_vpc_security_group_ingress_rule.api]
}
