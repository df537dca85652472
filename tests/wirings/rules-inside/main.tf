# Rules and routes inside their groups and tables, network ACLs on two subnet tiers, endpoint policies, and nodes whose
# launch template replaces the security group that EKS makes.

terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

provider "aws" {
  region                      = "us-west-2"
  access_key                  = "none"
  secret_key                  = "none"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  skip_metadata_api_check     = true
  skip_region_validation      = true
}

locals {
  nodes = { us-west-2a = "10.60.0.0/20", us-west-2b = "10.60.16.0/20" }
  inner = { us-west-2a = "10.60.64.0/24", us-west-2b = "10.60.65.0/24" }
  trust = { for service in ["ec2", "eks"] : service => jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "${service}.amazonaws.com" } }]
  }) }
}

resource "aws_vpc" "this" {
  cidr_block           = "10.60.0.0/16"
  enable_dns_hostnames = true
}

# Nobody may use what AWS makes with every VPC.
resource "aws_default_security_group" "closed" {
  vpc_id = aws_vpc.this.id
}

resource "aws_default_network_acl" "closed" {
  default_network_acl_id = aws_vpc.this.default_network_acl_id
}

resource "aws_default_route_table" "empty" {
  default_route_table_id = aws_vpc.this.default_route_table_id
  route                  = []
}

resource "aws_subnet" "nodes" {
  for_each          = local.nodes
  vpc_id            = aws_vpc.this.id
  availability_zone = each.key
  cidr_block        = each.value
  tags              = { "kubernetes.io/role/internal-elb" = "" }
}

# Endpoints and the control plane's interfaces.
resource "aws_subnet" "inner" {
  for_each          = local.inner
  vpc_id            = aws_vpc.this.id
  availability_zone = each.key
  cidr_block        = each.value
}

resource "aws_route_table" "nodes" {
  for_each = local.nodes
  vpc_id   = aws_vpc.this.id
}

resource "aws_route_table" "inner" {
  vpc_id = aws_vpc.this.id
}

resource "aws_route_table_association" "nodes" {
  for_each       = local.nodes
  subnet_id      = aws_subnet.nodes[each.key].id
  route_table_id = aws_route_table.nodes[each.key].id
}

resource "aws_route_table_association" "inner" {
  for_each       = aws_subnet.inner
  subnet_id      = each.value.id
  route_table_id = aws_route_table.inner.id
}

resource "aws_network_acl" "nodes" {
  vpc_id     = aws_vpc.this.id
  subnet_ids = [for subnet in aws_subnet.nodes : subnet.id]

  # Inside the VPC everything; from outside only answers (S3 layers, whose ports the CNI rewrites).
  ingress {
    rule_no    = 100
    action     = "allow"
    protocol   = "-1"
    cidr_block = "10.60.0.0/16"
    from_port  = 0
    to_port    = 0
  }
  ingress {
    rule_no    = 200
    action     = "allow"
    protocol   = "tcp"
    cidr_block = "0.0.0.0/0"
    from_port  = 1024
    to_port    = 65535
  }
  egress {
    rule_no    = 100
    action     = "allow"
    protocol   = "-1"
    cidr_block = "10.60.0.0/16"
    from_port  = 0
    to_port    = 0
  }
  egress {
    rule_no    = 200
    action     = "allow"
    protocol   = "tcp"
    cidr_block = "0.0.0.0/0"
    from_port  = 443
    to_port    = 443
  }
}

resource "aws_network_acl" "inner" {
  vpc_id     = aws_vpc.this.id
  subnet_ids = [for subnet in aws_subnet.inner : subnet.id]

  dynamic "ingress" {
    for_each = { 100 = ["tcp", 443, 443], 110 = ["tcp", 1024, 65535] }
    content {
      rule_no    = ingress.key
      action     = "allow"
      protocol   = ingress.value[0]
      cidr_block = "10.60.0.0/16"
      from_port  = ingress.value[1]
      to_port    = ingress.value[2]
    }
  }

  # Webhooks and kubelets (443 and 1024 up), and answers.
  dynamic "egress" {
    for_each = { 100 = ["tcp", 443, 443], 110 = ["tcp", 1024, 65535] }
    content {
      rule_no    = egress.key
      action     = "allow"
      protocol   = egress.value[0]
      cidr_block = "10.60.0.0/16"
      from_port  = egress.value[1]
      to_port    = egress.value[2]
    }
  }
}

# --- security groups ---

resource "aws_security_group" "node" {
  name        = "inline-node"
  description = "Nodes and pods"
  vpc_id      = aws_vpc.this.id

  ingress {
    description = "between nodes and pods"
    from_port   = 0
    to_port     = 0
    protocol    = "-1"
    self        = true
  }
  ingress {
    description     = "the control plane: webhooks"
    from_port       = 1025
    to_port         = 65535
    protocol        = "tcp"
    security_groups = [aws_security_group.control_plane.id]
  }
  ingress {
    description     = "the control plane: webhooks on 443"
    from_port       = 443
    to_port         = 443
    protocol        = "tcp"
    security_groups = [aws_security_group.control_plane.id]
  }

  egress {
    description = "between nodes and pods"
    from_port   = 0
    to_port     = 0
    protocol    = "-1"
    self        = true
  }
  egress {
    description = "API and endpoints"
    from_port   = 443
    to_port     = 443
    protocol    = "tcp"
    cidr_blocks = ["10.60.64.0/24", "10.60.65.0/24"]
  }
  egress {
    description     = "image layers"
    from_port       = 443
    to_port         = 443
    protocol        = "tcp"
    prefix_list_ids = [aws_vpc_endpoint.s3.prefix_list_id]
  }
}

resource "aws_security_group" "control_plane" {
  name        = "inline-control-plane"
  description = "Additional group of the control plane interfaces"
  vpc_id      = aws_vpc.this.id

  ingress {
    description = "API"
    from_port   = 443
    to_port     = 443
    protocol    = "tcp"
    cidr_blocks = [for subnet in aws_subnet.nodes : subnet.cidr_block]
  }
}

resource "aws_security_group" "endpoints" {
  name        = "inline-endpoints"
  description = "VPC endpoints"
  vpc_id      = aws_vpc.this.id

  ingress {
    from_port       = 443
    to_port         = 443
    protocol        = "tcp"
    security_groups = [aws_security_group.node.id]
  }
}

# --- endpoints ---

resource "aws_vpc_endpoint" "ec2" {
  vpc_id              = aws_vpc.this.id
  service_name        = "com.amazonaws.us-west-2.ec2"
  vpc_endpoint_type   = "Interface"
  private_dns_enabled = true
  subnet_ids          = values(aws_subnet.inner)[*].id
  security_group_ids  = [aws_security_group.endpoints.id]
}

resource "aws_vpc_endpoint" "ecr" {
  for_each            = toset(["api", "dkr"])
  vpc_id              = aws_vpc.this.id
  service_name        = "com.amazonaws.us-west-2.ecr.${each.key}"
  vpc_endpoint_type   = "Interface"
  private_dns_enabled = true
  subnet_ids          = values(aws_subnet.inner)[*].id
  security_group_ids  = [aws_security_group.endpoints.id]
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Principal = "*", Action = "ecr:GetAuthorizationToken", Resource = "*" },
      {
        Effect    = "Allow"
        Principal = "*"
        Action    = ["ecr:BatchCheckLayerAvailability", "ecr:GetDownloadUrlForLayer", "ecr:BatchGetImage"]
        Resource  = "arn:aws:ecr:us-west-2:*:repository/*"
      },
    ]
  })
}

resource "aws_vpc_endpoint" "sts" {
  vpc_id              = aws_vpc.this.id
  service_name        = "com.amazonaws.us-west-2.sts"
  vpc_endpoint_type   = "Interface"
  private_dns_enabled = true
  subnet_ids          = values(aws_subnet.inner)[*].id
  security_group_ids  = [aws_security_group.endpoints.id]
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
    condition {
      test     = "StringEquals"
      variable = "aws:SourceVpc"
      values   = [aws_vpc.this.id]
    }
  }
}

resource "aws_vpc_endpoint" "s3" {
  vpc_id            = aws_vpc.this.id
  service_name      = "com.amazonaws.us-west-2.s3"
  vpc_endpoint_type = "Gateway"
  route_table_ids   = [for table in aws_route_table.nodes : table.id]
  policy            = data.aws_iam_policy_document.s3.json
}

# --- cluster ---

resource "aws_iam_role" "cluster" {
  name                = "inline-cluster"
  assume_role_policy  = local.trust["eks"]
  managed_policy_arns = ["arn:aws:iam::aws:policy/AmazonEKSClusterPolicy"]
}

resource "aws_iam_role" "node" {
  name               = "inline-node"
  assume_role_policy = local.trust["ec2"]
  managed_policy_arns = [
    "arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy",
    "arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy",
    "arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryReadOnly",
  ]
}

resource "aws_eks_cluster" "this" {
  name     = "inline"
  role_arn = aws_iam_role.cluster.arn

  vpc_config {
    subnet_ids              = values(aws_subnet.inner)[*].id
    security_group_ids      = [aws_security_group.control_plane.id]
    endpoint_private_access = true
    endpoint_public_access  = false
  }
}

resource "aws_launch_template" "node" {
  name_prefix            = "inline-node-"
  vpc_security_group_ids = [aws_security_group.node.id]

  metadata_options {
    http_tokens                 = "required"
    http_put_response_hop_limit = 2
  }
}

resource "aws_eks_node_group" "this" {
  for_each        = aws_subnet.nodes
  cluster_name    = aws_eks_cluster.this.name
  node_group_name = "nodes-${each.key}"
  node_role_arn   = aws_iam_role.node.arn
  subnet_ids      = [each.value.id]

  launch_template {
    id      = aws_launch_template.node.id
    version = aws_launch_template.node.latest_version
  }

  scaling_config {
    desired_size = 2
    min_size     = 1
    max_size     = 4
  }

  depends_on = [
    aws_network_acl.inner,
    aws_network_acl.nodes,
    aws_route_table_association.inner,
    aws_route_table_association.nodes,
    aws_vpc_endpoint.ec2,
    aws_vpc_endpoint.ecr,
    aws_vpc_endpoint.s3,
    aws_vpc_endpoint.sts,
  ]
}
