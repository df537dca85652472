terraform {
  required_providers {
    aws = { source = "hashicorp/aws", configuration_aliases = [aws.registry] }
  }
}
provider "aws" {
  region                      = local.region
  access_key                  = "x"
  secret_key                  = "x"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  skip_metadata_api_check     = true
}
provider "aws" {
  alias                       = "registry"
  region                      = "us-west-2"
  access_key                  = "x"
  secret_key                  = "x"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  skip_metadata_api_check     = true
}

locals {
  region  = "us-west-2"
  account = "210987654321"
  name    = "annex"
  zones   = { a = "us-west-2a", b = "us-west-2b", d = "us-west-2d" }
}

resource "aws_vpc" "annex" {
  cidr_block           = "10.12.0.0/22"
  enable_dns_hostnames = true
}
resource "aws_vpc_ipv4_cidr_block_association" "pods" {
  vpc_id     = aws_vpc.annex.id
  cidr_block = "100.64.0.0/16"
}
resource "aws_subnet" "host" {
  for_each          = local.zones
  vpc_id            = aws_vpc.annex.id
  availability_zone = each.value
  cidr_block        = cidrsubnet(aws_vpc.annex.cidr_block, 3, index(keys(local.zones), each.key))
  tags              = { Name = "host-${each.key}", "kubernetes.io/role/internal-elb" = "1" }
}
resource "aws_subnet" "brain" {
  for_each          = local.zones
  vpc_id            = aws_vpc.annex.id
  availability_zone = each.value
  cidr_block        = cidrsubnet(aws_vpc.annex.cidr_block, 4, 8 + index(keys(local.zones), each.key))
  tags              = { Name = "brain-${each.key}" }
}
resource "aws_subnet" "pod" {
  for_each          = local.zones
  vpc_id            = aws_vpc_ipv4_cidr_block_association.pods.vpc_id
  availability_zone = each.value
  cidr_block        = cidrsubnet(aws_vpc_ipv4_cidr_block_association.pods.cidr_block, 2, index(keys(local.zones), each.key))
  tags              = { Name = "pod-${each.key}" }
}
resource "aws_route_table" "all" {
  for_each = { host = aws_subnet.host, brain = aws_subnet.brain, pod = aws_subnet.pod }
  vpc_id   = aws_vpc.annex.id
}
resource "aws_route_table_association" "host" {
  for_each       = aws_subnet.host
  subnet_id      = each.value.id
  route_table_id = aws_route_table.all["host"].id
}
resource "aws_route_table_association" "brain" {
  for_each       = aws_subnet.brain
  subnet_id      = each.value.id
  route_table_id = aws_route_table.all["brain"].id
}
resource "aws_route_table_association" "pod" {
  for_each       = aws_subnet.pod
  subnet_id      = each.value.id
  route_table_id = aws_route_table.all["pod"].id
}
resource "aws_network_acl" "pods" {
  vpc_id     = aws_vpc.annex.id
  subnet_ids = [for s in aws_subnet.pod : s.id]
  ingress {
    rule_no    = 100
    action     = "allow"
    protocol   = "-1"
    cidr_block = "100.64.0.0/16"
    from_port  = 0
    to_port    = 0
  }
  ingress {
    rule_no    = 110
    action     = "allow"
    protocol   = "-1"
    cidr_block = aws_vpc.annex.cidr_block
    from_port  = 0
    to_port    = 0
  }
  ingress {
    rule_no    = 120
    action     = "allow"
    protocol   = "6"
    cidr_block = "0.0.0.0/0"
    from_port  = 1024
    to_port    = 65535
  }
  egress {
    rule_no    = 100
    action     = "allow"
    protocol   = "-1"
    cidr_block = "0.0.0.0/0"
    from_port  = 0
    to_port    = 0
  }
}

resource "aws_security_group" "doors" {
  name   = "annex-doors"
  vpc_id = aws_vpc.annex.id
  ingress {
    description = "both ranges of the VPC"
    from_port   = 443
    to_port     = 443
    protocol    = "tcp"
    cidr_blocks = [aws_vpc.annex.cidr_block, "100.64.0.0/16"]
  }
}
resource "aws_vpc_endpoint" "door" {
  for_each            = { for s in ["ec2", "sts", "ecr.api", "ecr.dkr", "eks", "logs", "kms", "ssm", "ssmmessages"] : replace(s, ".", "_") => s }
  vpc_id              = aws_vpc.annex.id
  service_name        = "com.amazonaws.${local.region}.${each.value}"
  vpc_endpoint_type   = "Interface"
  private_dns_enabled = true
  subnet_ids          = [for z, s in aws_subnet.brain : s.id]
  security_group_ids  = [aws_security_group.doors.id]
}
resource "aws_vpc_endpoint" "s3" {
  vpc_id          = aws_vpc.annex.id
  service_name    = "com.amazonaws.${local.region}.s3"
  route_table_ids = [aws_route_table.all["host"].id, aws_route_table.all["pod"].id]
  policy          = data.aws_iam_policy_document.s3.json
}
data "aws_iam_policy_document" "s3" {
  statement {
    sid       = "Layers"
    actions   = ["s3:GetObject"]
    resources = ["arn:aws:s3:::prod-us-west-2-starport-layer-bucket/*"]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
  }
}
