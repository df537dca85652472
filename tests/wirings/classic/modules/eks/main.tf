variable "create" { default = true }
variable "cluster_name" {}
variable "cluster_version" {}
variable "vpc_id" {}
variable "subnet_ids" { type = list(string) }
variable "control_plane_subnet_ids" {
  type    = list(string)
  default = []
}
variable "create_cluster_security_group" { default = true }
variable "cluster_security_group_id" { default = "" }
variable "cluster_security_group_additional_rules" { default = {} }
variable "create_node_security_group" { default = true }
variable "node_security_group_id" { default = "" }
variable "node_security_group_additional_rules" { default = {} }
variable "node_security_group_enable_recommended_rules" { default = true }
variable "node_groups" { default = {} }
variable "cluster_additional_security_group_ids" { default = [] }

data "aws_partition" "current" {}

resource "aws_eks_cluster" "this" {
  count    = var.create ? 1 : 0
  name     = var.cluster_name
  version  = var.cluster_version
  role_arn = try(aws_iam_role.cluster[0].arn, null)

  access_config {
    authentication_mode = "API_AND_CONFIG_MAP"
  }

  vpc_config {
    security_group_ids      = compact(distinct(concat(var.cluster_additional_security_group_ids, [local.cluster_security_group_id])))
    subnet_ids              = coalescelist(var.control_plane_subnet_ids, var.subnet_ids)
    endpoint_private_access = true
    endpoint_public_access  = false
  }

  depends_on = [aws_iam_role_policy_attachment.cluster, aws_security_group_rule.cluster, aws_security_group_rule.node]
}

locals {
  cluster_security_group_id = var.create_cluster_security_group ? join("", aws_security_group.cluster[*].id) : var.cluster_security_group_id
  node_security_group_id    = var.create_node_security_group ? join("", aws_security_group.node[*].id) : var.node_security_group_id

  cluster_security_group_rules = {
    ingress_nodes_443 = {
      protocol                   = "tcp"
      from_port                  = 443
      to_port                    = 443
      type                       = "ingress"
      source_node_security_group = true
    }
  }

  node_security_group_rules = {
    ingress_cluster_443     = { protocol = "tcp", from_port = 443, to_port = 443, type = "ingress", source_cluster_security_group = true }
    ingress_cluster_kubelet = { protocol = "tcp", from_port = 10250, to_port = 10250, type = "ingress", source_cluster_security_group = true }
    ingress_self_coredns_tcp = { protocol = "tcp", from_port = 53, to_port = 53, type = "ingress", self = true }
    ingress_self_coredns_udp = { protocol = "udp", from_port = 53, to_port = 53, type = "ingress", self = true }
  }

  node_security_group_recommended_rules = { for k, v in {
    ingress_nodes_ephemeral      = { protocol = "tcp", from_port = 1025, to_port = 65535, type = "ingress", self = true }
    ingress_cluster_4443_webhook = { protocol = "tcp", from_port = 4443, to_port = 4443, type = "ingress", source_cluster_security_group = true }
    ingress_cluster_9443_webhook = { protocol = "tcp", from_port = 9443, to_port = 9443, type = "ingress", source_cluster_security_group = true }
    egress_all                   = { protocol = "-1", from_port = 0, to_port = 0, type = "egress", cidr_blocks = ["0.0.0.0/0"] }
  } : k => v if var.node_security_group_enable_recommended_rules }
}

resource "aws_security_group" "cluster" {
  count       = var.create && var.create_cluster_security_group ? 1 : 0
  name_prefix = "${var.cluster_name}-cluster-"
  vpc_id      = var.vpc_id
}

resource "aws_security_group_rule" "cluster" {
  for_each = { for k, v in merge(
    local.cluster_security_group_rules,
    var.cluster_security_group_additional_rules
  ) : k => v if var.create && var.create_cluster_security_group }

  security_group_id        = aws_security_group.cluster[0].id
  protocol                 = try(each.value.protocol, "tcp")
  from_port                = each.value.from_port
  to_port                  = each.value.to_port
  type                     = each.value.type
  description              = lookup(each.value, "description", null)
  cidr_blocks              = lookup(each.value, "cidr_blocks", null)
  self                     = lookup(each.value, "self", null)
  source_security_group_id = try(each.value.source_node_security_group, false) ? local.node_security_group_id : lookup(each.value, "source_security_group_id", null)
}

resource "aws_security_group" "node" {
  count       = var.create && var.create_node_security_group ? 1 : 0
  name_prefix = "${var.cluster_name}-node-"
  vpc_id      = var.vpc_id
  tags        = { "kubernetes.io/cluster/${var.cluster_name}" = "owned" }
}

resource "aws_security_group_rule" "node" {
  for_each = { for k, v in merge(
    local.node_security_group_rules,
    local.node_security_group_recommended_rules,
    var.node_security_group_additional_rules,
  ) : k => v if var.create && var.create_node_security_group }

  security_group_id        = aws_security_group.node[0].id
  protocol                 = each.value.protocol
  from_port                = each.value.from_port
  to_port                  = each.value.to_port
  type                     = each.value.type
  cidr_blocks              = lookup(each.value, "cidr_blocks", null)
  self                     = lookup(each.value, "self", null)
  source_security_group_id = try(each.value.source_cluster_security_group, false) ? local.cluster_security_group_id : lookup(each.value, "source_security_group_id", null)
}

resource "aws_iam_role" "cluster" {
  count              = var.create ? 1 : 0
  name_prefix        = "${var.cluster_name}-cluster-"
  assume_role_policy = data.aws_iam_policy_document.cluster.json
}

data "aws_iam_policy_document" "cluster" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["eks.amazonaws.com"]
    }
  }
}

resource "aws_iam_role_policy_attachment" "cluster" {
  for_each   = { for k, v in toset(compact([var.create ? "AmazonEKSClusterPolicy" : "", "AmazonEKSVPCResourceController"])) : k => v if var.create }
  role       = aws_iam_role.cluster[0].name
  policy_arn = "arn:${data.aws_partition.current.partition}:iam::aws:policy/${each.value}"
}

# --- IRSA for the CNI ---

resource "aws_iam_openid_connect_provider" "this" {
  count           = var.create ? 1 : 0
  client_id_list  = distinct(compact(concat(["sts.amazonaws.com"], [])))
  thumbprint_list = ["9e99a48a9960b14926bb7f3b02e22da2b0ab7280"]
  url             = aws_eks_cluster.this[0].identity[0].oidc[0].issuer
}

data "aws_iam_policy_document" "cni" {
  count = var.create ? 1 : 0
  statement {
    actions = ["sts:AssumeRoleWithWebIdentity"]
    principals {
      type        = "Federated"
      identifiers = [aws_iam_openid_connect_provider.this[0].arn]
    }
    condition {
      test     = "StringEquals"
      variable = "${replace(aws_eks_cluster.this[0].identity[0].oidc[0].issuer, "https://", "")}:sub"
      values   = ["system:serviceaccount:kube-system:aws-node"]
    }
  }
}

resource "aws_iam_role" "cni" {
  count              = var.create ? 1 : 0
  name_prefix        = "${var.cluster_name}-cni-"
  assume_role_policy = data.aws_iam_policy_document.cni[0].json
}

resource "aws_iam_role_policy_attachment" "cni" {
  count      = var.create ? 1 : 0
  role       = aws_iam_role.cni[0].name
  policy_arn = "arn:${data.aws_partition.current.partition}:iam::aws:policy/AmazonEKS_CNI_Policy"
}

resource "aws_eks_addon" "vpc_cni" {
  count                    = var.create ? 1 : 0
  cluster_name             = aws_eks_cluster.this[0].name
  addon_name               = "vpc-cni"
  service_account_role_arn = aws_iam_role.cni[0].arn
  depends_on               = [aws_iam_role_policy_attachment.cni]
}

resource "aws_eks_addon" "this" {
  for_each     = { for k in ["kube-proxy"] : k => k if var.create }
  cluster_name = aws_eks_cluster.this[0].name
  addon_name   = each.value
}

resource "aws_eks_addon" "coredns" {
  count        = var.create ? 1 : 0
  cluster_name = aws_eks_cluster.this[0].name
  addon_name   = "coredns"
  depends_on   = [module.managed]
}

module "managed" {
  source   = "./managed"
  for_each = { for k, v in var.node_groups : k => v if var.create }

  name                                  = lookup(each.value, "name", each.key)
  cluster_name                          = element(concat(aws_eks_cluster.this.*.name, [""]), 0)
  subnet_ids                            = try(each.value.subnet_ids, var.subnet_ids)
  attach_cluster_primary_security_group = lookup(each.value, "attach_cluster_primary_security_group", false)
  cluster_primary_security_group_id     = try(aws_eks_cluster.this[0].vpc_config[0].cluster_security_group_id, null)
  vpc_security_group_ids                = compact(concat([local.node_security_group_id], lookup(each.value, "vpc_security_group_ids", [])))
  instance_types                        = each.value.instance_types
  capacity_type                         = lookup(each.value, "capacity_type", "ON_DEMAND")
  desired_size                          = lookup(each.value, "desired_size", 1)

  depends_on = [aws_eks_addon.vpc_cni, aws_eks_addon.this, aws_security_group_rule.node, aws_security_group_rule.cluster]
}

output "node_security_group_id" { value = local.node_security_group_id }
