# Hub and spoke: the endpoints stand in another VPC, reached over peering by private zones; operators come over a transit
# gateway from a third VPC. The S3 gateway endpoint stays in the spoke: it does not cross a peering.

terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

provider "aws" {
  region                      = "eu-north-1"
  access_key                  = "none"
  secret_key                  = "none"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  skip_metadata_api_check     = true
  skip_region_validation      = true
}

locals {
  services = {
    ec2     = "ec2.eu-north-1.amazonaws.com"
    ecr-api = "api.ecr.eu-north-1.amazonaws.com"
    ecr-dkr = "dkr.ecr.eu-north-1.amazonaws.com"
    sts     = "sts.eu-north-1.amazonaws.com"
  }
}

# --- hub ---

resource "aws_vpc" "hub" {
  cidr_block           = "10.100.0.0/20"
  enable_dns_hostnames = true
}

resource "aws_subnet" "hub" {
  for_each          = { a = "10.100.0.0/24", b = "10.100.1.0/24" }
  vpc_id            = aws_vpc.hub.id
  availability_zone = "eu-north-1${each.key}"
  cidr_block        = each.value
}

resource "aws_route_table" "hub" {
  vpc_id = aws_vpc.hub.id

  route {
    cidr_block                = aws_vpc.spoke.cidr_block
    vpc_peering_connection_id = aws_vpc_peering_connection.hub.id
  }
}

resource "aws_route_table_association" "hub" {
  for_each       = aws_subnet.hub
  subnet_id      = each.value.id
  route_table_id = aws_route_table.hub.id
}

resource "aws_security_group" "hub" {
  name        = "hub-endpoints"
  description = "HTTPS from the spokes"
  vpc_id      = aws_vpc.hub.id

  ingress {
    from_port   = 443
    to_port     = 443
    protocol    = "tcp"
    cidr_blocks = ["10.0.0.0/8"]
  }
}

resource "aws_vpc_endpoint" "hub" {
  for_each            = local.services
  vpc_id              = aws_vpc.hub.id
  service_name        = "com.amazonaws.eu-north-1.${replace(each.key, "-", ".")}"
  vpc_endpoint_type   = "Interface"
  private_dns_enabled = false
  subnet_ids          = [for subnet in aws_subnet.hub : subnet.id]
  security_group_ids  = [aws_security_group.hub.id]
}

resource "aws_route53_zone" "hub" {
  for_each = local.services
  name     = each.value

  vpc {
    vpc_id = aws_vpc.hub.id
  }

  lifecycle {
    ignore_changes = [vpc]
  }
}

resource "aws_route53_zone_association" "spoke" {
  for_each = local.services
  zone_id  = aws_route53_zone.hub[each.key].zone_id
  vpc_id   = aws_vpc.spoke.id
}

resource "aws_route53_record" "apex" {
  for_each = local.services
  zone_id  = aws_route53_zone.hub[each.key].zone_id
  name     = each.value
  type     = "A"

  alias {
    name                   = aws_vpc_endpoint.hub[each.key].dns_entry[0].dns_name
    zone_id                = aws_vpc_endpoint.hub[each.key].dns_entry[0].hosted_zone_id
    evaluate_target_health = false
  }
}

resource "aws_route53_record" "registries" {
  zone_id = aws_route53_zone.hub["ecr-dkr"].zone_id
  name    = "*.dkr.ecr.eu-north-1.amazonaws.com"
  type    = "A"

  alias {
    name                   = aws_vpc_endpoint.hub["ecr-dkr"].dns_entry[0].dns_name
    zone_id                = aws_vpc_endpoint.hub["ecr-dkr"].dns_entry[0].hosted_zone_id
    evaluate_target_health = false
  }
}

resource "aws_vpc_peering_connection" "hub" {
  vpc_id      = aws_vpc.spoke.id
  peer_vpc_id = aws_vpc.hub.id
  auto_accept = true
}

# --- spoke ---

resource "aws_vpc" "spoke" {
  cidr_block           = "10.101.0.0/16"
  enable_dns_hostnames = true
}

resource "aws_subnet" "spoke" {
  for_each          = { a = "10.101.0.0/18", b = "10.101.64.0/18" }
  vpc_id            = aws_vpc.spoke.id
  availability_zone = "eu-north-1${each.key}"
  cidr_block        = each.value
  tags              = { "kubernetes.io/role/internal-elb" = "1" }
}

resource "aws_route_table" "spoke" {
  vpc_id = aws_vpc.spoke.id
}

resource "aws_route" "to_hub" {
  route_table_id            = aws_route_table.spoke.id
  destination_cidr_block    = aws_vpc.hub.cidr_block
  vpc_peering_connection_id = aws_vpc_peering_connection.hub.id
}

resource "aws_route" "to_operators" {
  route_table_id         = aws_route_table.spoke.id
  destination_cidr_block = aws_vpc.operators.cidr_block
  transit_gateway_id     = aws_ec2_transit_gateway.office.id
  depends_on             = [aws_ec2_transit_gateway_vpc_attachment.spoke]
}

resource "aws_route_table_association" "spoke" {
  for_each       = aws_subnet.spoke
  subnet_id      = each.value.id
  route_table_id = aws_route_table.spoke.id
}

resource "aws_vpc_endpoint" "s3" {
  vpc_id          = aws_vpc.spoke.id
  service_name    = "com.amazonaws.eu-north-1.s3"
  route_table_ids = [aws_route_table.spoke.id]
}

# --- operators ---

resource "aws_vpc" "operators" {
  cidr_block           = "10.102.0.0/24"
  enable_dns_hostnames = true
}

resource "aws_subnet" "operators" {
  vpc_id            = aws_vpc.operators.id
  availability_zone = "eu-north-1a"
  cidr_block        = "10.102.0.0/25"
}

resource "aws_route_table" "operators" {
  vpc_id = aws_vpc.operators.id
}

resource "aws_route" "to_spoke" {
  route_table_id         = aws_route_table.operators.id
  destination_cidr_block = "10.101.0.0/16"
  transit_gateway_id     = aws_ec2_transit_gateway.office.id
  depends_on             = [aws_ec2_transit_gateway_vpc_attachment.operators]
}

resource "aws_route_table_association" "operators" {
  subnet_id      = aws_subnet.operators.id
  route_table_id = aws_route_table.operators.id
}

resource "aws_ec2_transit_gateway" "office" {
  description = "operators to clusters"
}

resource "aws_ec2_transit_gateway_vpc_attachment" "operators" {
  transit_gateway_id = aws_ec2_transit_gateway.office.id
  vpc_id             = aws_vpc.operators.id
  subnet_ids         = [aws_subnet.operators.id]
}

resource "aws_ec2_transit_gateway_vpc_attachment" "spoke" {
  transit_gateway_id = aws_ec2_transit_gateway.office.id
  vpc_id             = aws_vpc.spoke.id
  subnet_ids         = [for subnet in aws_subnet.spoke : subnet.id]
}

# --- cluster ---

resource "aws_iam_role" "cluster" {
  name = "spoke-cluster"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "eks.amazonaws.com" } }]
  })
}

resource "aws_iam_role_policy_attachment" "cluster" {
  role       = aws_iam_role.cluster.name
  policy_arn = "arn:aws:iam::aws:policy/AmazonEKSClusterPolicy"
}

resource "aws_iam_role" "node" {
  name = "spoke-node"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }]
  })
}

resource "aws_iam_role_policy_attachments_exclusive" "node" {
  role_name = aws_iam_role.node.name
  policy_arns = [
    "arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy",
    "arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy",
    "arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryPullOnly",
  ]
}

resource "aws_security_group" "api" {
  name        = "spoke-api"
  description = "The API from the operators"
  vpc_id      = aws_vpc.spoke.id
}

resource "aws_security_group_rule" "api" {
  type              = "ingress"
  security_group_id = aws_security_group.api.id
  protocol          = "tcp"
  from_port         = 443
  to_port           = 443
  cidr_blocks       = [aws_vpc.operators.cidr_block]
}

resource "aws_eks_cluster" "spoke" {
  name     = "spoke"
  role_arn = aws_iam_role.cluster.arn

  access_config {
    authentication_mode = "API"
  }

  vpc_config {
    subnet_ids              = [for subnet in aws_subnet.spoke : subnet.id]
    security_group_ids      = [aws_security_group.api.id]
    endpoint_private_access = true
    endpoint_public_access  = false
  }

  depends_on = [aws_iam_role_policy_attachment.cluster]
}

resource "aws_eks_node_group" "spoke" {
  cluster_name    = aws_eks_cluster.spoke.name
  node_group_name = "spoke"
  node_role_arn   = aws_iam_role.node.arn
  subnet_ids      = [for subnet in aws_subnet.spoke : subnet.id]

  scaling_config {
    desired_size = 2
    max_size     = 2
    min_size     = 2
  }

  depends_on = [
    aws_iam_role_policy_attachments_exclusive.node,
    aws_route.to_hub,
    aws_route53_record.apex,
    aws_route53_record.registries,
    aws_route53_zone_association.spoke,
    aws_route_table.hub,
    aws_route_table_association.hub,
    aws_route_table_association.spoke,
    aws_vpc_endpoint.hub,
    aws_vpc_endpoint.s3,
  ]
}
