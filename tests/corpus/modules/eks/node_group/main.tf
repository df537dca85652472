variable "name" {
  type = string
}

variable "cluster_name" {
  type = string
}

variable "subnet_ids" {
  type    = list(string)
  default = null
}

variable "vpc_security_group_ids" {
  type    = list(string)
  default = []
}

variable "cluster_primary_security_group_id" {
  type    = string
  default = null
}

variable "instance_types" {
  type    = list(string)
  default = ["m6i.large"]
}

variable "min_size" {
  type = number
}

variable "max_size" {
  type = number
}

locals {
  security_group_ids = compact(concat([var.cluster_primary_security_group_id], var.vpc_security_group_ids))
}

resource "aws_iam_role" "this" {
  count = 1

  name_prefix = "${var.name}-node-"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }]
  })
}

resource "aws_iam_role_policy_attachment" "this" {
  for_each = toset(["AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryReadOnly"])

  policy_arn = "arn:aws:iam::aws:policy/${each.value}"
  role       = aws_iam_role.this[0].name
}

resource "aws_launch_template" "this" {
  count = 1

  name_prefix            = "${var.name}-"
  update_default_version = true
  vpc_security_group_ids = local.security_group_ids

  metadata_options {
    http_endpoint               = "enabled"
    http_put_response_hop_limit = 2
    http_tokens                 = "required"
  }
}

resource "aws_eks_node_group" "this" {
  count = 1

  cluster_name           = var.cluster_name
  node_group_name_prefix = "${var.name}-"
  node_role_arn          = aws_iam_role.this[0].arn
  subnet_ids             = var.subnet_ids
  instance_types         = var.instance_types
  ami_type               = "AL2023_x86_64_STANDARD"

  scaling_config {
    min_size     = var.min_size
    max_size     = var.max_size
    desired_size = var.min_size
  }

  launch_template {
    id      = aws_launch_template.this[0].id
    version = aws_launch_template.this[0].default_version
  }

  depends_on = [aws_iam_role_policy_attachment.this]
}

output "role_arn" {
  value = aws_iam_role.this[0].arn
}
