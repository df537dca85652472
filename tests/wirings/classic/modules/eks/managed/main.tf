variable "create" { default = true }
variable "create_launch_template" { default = true }
variable "launch_template_id" { default = "" }
variable "name" {}
variable "cluster_name" {}
variable "subnet_ids" { type = list(string) }
variable "attach_cluster_primary_security_group" { default = false }
variable "cluster_primary_security_group_id" { default = null }
variable "vpc_security_group_ids" { type = list(string) }
variable "instance_types" {}
variable "capacity_type" {}
variable "desired_size" {}

locals {
  security_group_ids = compact(concat([var.attach_cluster_primary_security_group ? var.cluster_primary_security_group_id : null], var.vpc_security_group_ids))
  launch_template_id = var.create && var.create_launch_template ? try(aws_launch_template.this[0].id, null) : var.launch_template_id
  policies           = ["AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryReadOnly"]
}

resource "aws_launch_template" "this" {
  count                  = var.create && var.create_launch_template ? 1 : 0
  name_prefix            = "${var.name}-"
  vpc_security_group_ids = length(local.security_group_ids) > 0 ? local.security_group_ids : []

  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 2
  }
}

resource "aws_iam_role" "this" {
  count              = var.create ? 1 : 0
  name_prefix        = "${var.name}-node-"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}

resource "aws_iam_role_policy_attachment" "this" {
  count      = var.create ? length(local.policies) : 0
  role       = aws_iam_role.this[0].name
  policy_arn = "arn:aws:iam::aws:policy/${element(local.policies, count.index)}"
}

resource "aws_eks_node_group" "this" {
  count           = var.create ? 1 : 0
  cluster_name    = var.cluster_name
  node_group_name = var.name
  node_role_arn   = aws_iam_role.this[0].arn
  subnet_ids      = var.subnet_ids
  ami_type        = "AL2023_x86_64_STANDARD"
  capacity_type   = var.capacity_type
  instance_types  = var.instance_types

  dynamic "launch_template" {
    for_each = var.create_launch_template || var.launch_template_id != "" ? [1] : []
    content {
      id      = local.launch_template_id
      version = try(aws_launch_template.this[0].latest_version, "$Default")
    }
  }

  scaling_config {
    desired_size = var.desired_size
    min_size     = 1
    max_size     = 5
  }

  depends_on = [aws_iam_role_policy_attachment.this]
}
