# Fargate only: no node group at all. Pods carry the security group that EKS makes.

terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "none"
  secret_key                  = "none"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  skip_metadata_api_check     = true
  skip_region_validation      = true
}

variable "network" {
  type = object({ cidr = string, newbits = number })
  default = {
    cidr    = "172.20.0.0/16"
    newbits = 3
  }
}

locals {
  letters = toset(["a", "b", "c"])
  index   = { a = 0, b = 1, c = 2 }
  tags    = { team = "platform" }
}

resource "aws_vpc" "fargate" {
  cidr_block           = var.network.cidr
  enable_dns_hostnames = true
  tags                 = local.tags
}

resource "aws_vpc_dhcp_options" "amazon" {
  domain_name         = "eu-west-1.compute.internal"
  domain_name_servers = ["AmazonProvidedDNS"]
}

resource "aws_vpc_dhcp_options_association" "amazon" {
  vpc_id          = aws_vpc.fargate.id
  dhcp_options_id = aws_vpc_dhcp_options.amazon.id
}

resource "aws_subnet" "pods" {
  for_each          = local.letters
  vpc_id            = aws_vpc.fargate.id
  availability_zone = "eu-west-1${each.key}"
  cidr_block        = cidrsubnet(var.network.cidr, var.network.newbits, local.index[each.key])
}

resource "aws_main_route_table_association" "everything" {
  vpc_id         = aws_vpc.fargate.id
  route_table_id = aws_route_table.everything.id
}

resource "aws_route_table" "everything" {
  vpc_id = aws_vpc.fargate.id
}

resource "aws_route_table_association" "pods" {
  for_each       = aws_subnet.pods
  subnet_id      = each.value.id
  route_table_id = aws_route_table.everything.id
}

resource "aws_security_group" "endpoint" {
  for_each    = local.services
  name        = "fargate-${replace(each.key, ".", "-")}"
  description = "Endpoint ${each.key}"
  vpc_id      = aws_vpc.fargate.id

  dynamic "ingress" {
    for_each = [443]
    content {
      from_port       = ingress.value
      to_port         = ingress.value
      protocol        = "tcp"
      security_groups = [aws_eks_cluster.fargate.vpc_config[0].cluster_security_group_id]
    }
  }
}

locals {
  services = toset(["ec2", "ecr.api", "ecr.dkr", "sts", "logs", "eks-auth"])
}

resource "aws_vpc_endpoint" "this" {
  for_each          = local.services
  vpc_id            = aws_vpc.fargate.id
  vpc_endpoint_type = "Interface"
  service_name      = "com.amazonaws.eu-west-1.${each.key}"
  subnet_ids        = [for letter in local.letters : aws_subnet.pods[letter].id]

  private_dns_enabled = true
}

resource "aws_vpc_endpoint_security_group_association" "this" {
  for_each                    = local.services
  vpc_endpoint_id             = aws_vpc_endpoint.this[each.key].id
  security_group_id           = aws_security_group.endpoint[each.key].id
  replace_default_association = true
}

resource "aws_vpc_endpoint" "s3" {
  vpc_id       = aws_vpc.fargate.id
  service_name = "com.amazonaws.eu-west-1.s3"
}

resource "aws_vpc_endpoint_route_table_association" "s3" {
  vpc_endpoint_id = aws_vpc_endpoint.s3.id
  route_table_id  = aws_route_table.everything.id
}

resource "aws_vpc_endpoint_policy" "s3" {
  vpc_endpoint_id = aws_vpc_endpoint.s3.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "Layers"
      Effect    = "Allow"
      Principal = "*"
      Action    = "s3:GetObject"
      Resource  = "arn:aws:s3:::prod-eu-west-1-starport-layer-bucket/*"
    }]
  })
}

resource "aws_iam_role" "this" {
  for_each = { cluster = "eks", pods = "eks-fargate-pods" }
  name     = "fargate-${each.key}"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "${each.value}.amazonaws.com" } }]
  })
}

resource "aws_iam_role_policy_attachment" "this" {
  for_each   = { cluster = "AmazonEKSClusterPolicy", pods = "AmazonEKSFargatePodExecutionRolePolicy" }
  role       = aws_iam_role.this[each.key].name
  policy_arn = "arn:aws:iam::aws:policy/${each.value}"
}

resource "aws_eks_cluster" "fargate" {
  name     = "fargate"
  role_arn = aws_iam_role.this["cluster"].arn

  vpc_config {
    subnet_ids              = [for subnet in aws_subnet.pods : subnet.id]
    endpoint_private_access = true
    endpoint_public_access  = false
  }

  depends_on = [aws_iam_role_policy_attachment.this]
}

resource "aws_eks_fargate_profile" "this" {
  for_each               = toset(["kube-system", "default"])
  cluster_name           = aws_eks_cluster.fargate.name
  fargate_profile_name   = each.key
  pod_execution_role_arn = aws_iam_role.this["pods"].arn
  subnet_ids             = values(aws_subnet.pods)[*].id

  selector {
    namespace = each.key
  }

  depends_on = [
    aws_iam_role_policy_attachment.this,
    aws_main_route_table_association.everything,
    aws_route_table_association.pods,
    aws_vpc_dhcp_options_association.amazon,
    aws_vpc_endpoint.this,
    aws_vpc_endpoint_policy.s3,
    aws_vpc_endpoint_route_table_association.s3,
    aws_vpc_endpoint_security_group_association.this,
  ]
}

resource "aws_eks_addon" "coredns" {
  cluster_name         = aws_eks_cluster.fargate.name
  addon_name           = "coredns"
  configuration_values = jsonencode({ computeType = "Fargate" })
  depends_on           = [aws_eks_fargate_profile.this]
}
