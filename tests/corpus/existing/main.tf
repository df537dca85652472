# An existing network, found by tags; its state is given beside this plan and the two are joined by real ids.

terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

provider "aws" {
  region                      = "ca-central-1"
  access_key                  = "none"
  secret_key                  = "none"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_region_validation      = true
}

data "aws_region" "here" {}

data "aws_partition" "here" {}

data "aws_caller_identity" "me" {}

data "aws_vpc" "shared" {
  tags = { Name = "shared" }
}

data "aws_subnets" "private" {
  filter {
    name   = "vpc-id"
    values = [data.aws_vpc.shared.id]
  }
  tags = { tier = "private" }
}

data "aws_subnet" "private" {
  for_each = toset(data.aws_subnets.private.ids)
  id       = each.value
}

data "aws_route_tables" "private" {
  vpc_id = data.aws_vpc.shared.id
  tags   = { tier = "private" }
}

locals {
  policies = "arn:${data.aws_partition.here.partition}:iam::aws:policy"
}

resource "aws_security_group" "endpoints" {
  name        = "existing-endpoints"
  description = "from the private subnets"
  vpc_id      = data.aws_vpc.shared.id
}

resource "aws_vpc_security_group_ingress_rule" "endpoints" {
  for_each          = { for subnet in data.aws_subnet.private : subnet.availability_zone => subnet.cidr_block }
  security_group_id = aws_security_group.endpoints.id
  cidr_ipv4         = each.value
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

resource "aws_vpc_endpoint" "interface" {
  for_each            = toset(["ec2", "ecr.api", "ecr.dkr", "sts"])
  vpc_id              = data.aws_vpc.shared.id
  service_name        = "com.amazonaws.${data.aws_region.here.name}.${each.key}"
  vpc_endpoint_type   = "Interface"
  private_dns_enabled = true
  subnet_ids          = data.aws_subnets.private.ids
  security_group_ids  = [aws_security_group.endpoints.id]
}

resource "aws_vpc_endpoint" "s3" {
  vpc_id          = data.aws_vpc.shared.id
  service_name    = "com.amazonaws.${data.aws_region.here.name}.s3"
  route_table_ids = data.aws_route_tables.private.ids
}

resource "aws_iam_role" "this" {
  for_each = { cluster = "eks", node = "ec2" }
  name     = "existing-${each.key}"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "${each.value}.amazonaws.com" } }]
  })
}

resource "aws_iam_role_policy_attachment" "this" {
  for_each = {
    AmazonEKSClusterPolicy             = "cluster"
    AmazonEKSWorkerNodePolicy          = "node"
    AmazonEKS_CNI_Policy               = "node"
    AmazonEC2ContainerRegistryPullOnly = "node"
  }
  role       = aws_iam_role.this[each.value].name
  policy_arn = "${local.policies}/${each.key}"
}

resource "aws_eks_cluster" "this" {
  name     = "existing"
  role_arn = aws_iam_role.this["cluster"].arn

  vpc_config {
    subnet_ids              = data.aws_subnets.private.ids
    endpoint_private_access = true
    endpoint_public_access  = false
  }

  depends_on = [aws_iam_role_policy_attachment.this]
}

resource "aws_eks_node_group" "this" {
  cluster_name    = aws_eks_cluster.this.name
  node_group_name = "existing"
  node_role_arn   = aws_iam_role.this["node"].arn
  subnet_ids      = [for subnet in data.aws_subnet.private : subnet.id]

  scaling_config {
    desired_size = 2
    max_size     = 2
    min_size     = 2
  }

  depends_on = [
    aws_iam_role_policy_attachment.this,
    aws_vpc_endpoint.interface,
    aws_vpc_endpoint.s3,
    aws_vpc_security_group_ingress_rule.endpoints,
  ]
}
