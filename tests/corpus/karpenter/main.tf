# Karpenter, the load balancer controller and the EBS driver with Pod Identity; nodes keep their security groups from EKS.

terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

provider "aws" {
  region                      = "us-east-2"
  access_key                  = "none"
  secret_key                  = "none"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  skip_metadata_api_check     = true
  skip_region_validation      = true
}

variable "name" {
  type    = string
  default = "karpenter"
}

locals {
  zones = { us-east-2a = 0, us-east-2b = 1, us-east-2c = 2 }
  ours  = { "karpenter.sh/discovery" = var.name }
}

resource "aws_vpc" "main" {
  cidr_block           = "10.30.0.0/16"
  enable_dns_hostnames = true
  tags                 = { Name = var.name }
}

resource "aws_subnet" "main" {
  for_each          = local.zones
  vpc_id            = aws_vpc.main.id
  availability_zone = each.key
  cidr_block        = cidrsubnet(aws_vpc.main.cidr_block, 4, each.value)
  tags              = merge(local.ours, { "kubernetes.io/role/internal-elb" = "1" })
}

# Every subnet uses the main table: it is adopted, not replaced, and associated by name.
resource "aws_default_route_table" "main" {
  default_route_table_id = aws_vpc.main.main_route_table_id
}

resource "aws_route_table_association" "main" {
  for_each       = local.zones
  subnet_id      = aws_subnet.main[each.key].id
  route_table_id = aws_default_route_table.main.id
}

resource "aws_default_security_group" "endpoints" {
  vpc_id = aws_vpc.main.id

  ingress {
    description = "the endpoints use the default group"
    from_port   = 443
    to_port     = 443
    protocol    = "tcp"
    cidr_blocks = [for subnet in aws_subnet.main : subnet.cidr_block]
  }
}

resource "aws_vpc_endpoint" "main" {
  for_each = toset([
    "autoscaling", "ec2", "ecr.api", "ecr.dkr", "eks", "eks-auth", "elasticloadbalancing", "sqs", "ssm", "sts",
  ])
  vpc_id              = aws_vpc.main.id
  service_name        = "com.amazonaws.us-east-2.${each.value}"
  vpc_endpoint_type   = "Interface"
  private_dns_enabled = true
  subnet_ids          = [for zone, number in local.zones : aws_subnet.main[zone].id]
  tags                = { Name = each.value }
}

resource "aws_vpc_endpoint" "s3" {
  vpc_id          = aws_vpc.main.id
  service_name    = "com.amazonaws.us-east-2.s3"
  route_table_ids = [aws_vpc.main.default_route_table_id]
}

data "aws_iam_policy_document" "trust" {
  for_each = { cluster = "eks", node = "ec2", pod = "pods.eks" }

  statement {
    actions = each.key == "pod" ? ["sts:AssumeRole", "sts:TagSession"] : ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["${each.value}.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "cluster" {
  name               = "${var.name}-cluster"
  assume_role_policy = data.aws_iam_policy_document.trust["cluster"].json
}

resource "aws_iam_policy_attachment" "cluster" {
  name       = "cluster"
  roles      = [aws_iam_role.cluster.name]
  policy_arn = "arn:aws:iam::aws:policy/AmazonEKSClusterPolicy"
}

resource "aws_iam_role" "node" {
  name               = "${var.name}-node"
  assume_role_policy = data.aws_iam_policy_document.trust["node"].json
}

resource "aws_iam_role_policy_attachment" "node" {
  for_each = {
    worker   = "AmazonEKSWorkerNodePolicy"
    cni      = "AmazonEKS_CNI_Policy"
    registry = "AmazonEC2ContainerRegistryReadOnly"
  }
  role       = aws_iam_role.node.name
  policy_arn = "arn:aws:iam::aws:policy/${each.value}"
}

resource "aws_iam_role" "pod" {
  for_each           = toset(["aws-load-balancer-controller", "ebs-csi-controller-sa", "karpenter"])
  name               = "${var.name}-${each.key}"
  assume_role_policy = data.aws_iam_policy_document.trust["pod"].json
}

resource "aws_sqs_queue" "interruption" {
  name = "${var.name}-interruption"
}

data "aws_iam_policy_document" "karpenter" {
  statement {
    sid       = "Machines"
    actions   = ["ec2:CreateFleet", "ec2:RunInstances", "ec2:CreateLaunchTemplate", "ec2:CreateTags", "ec2:Describe*", "ec2:TerminateInstances", "ec2:DeleteLaunchTemplate"]
    resources = ["*"]
  }
  statement {
    sid       = "Cluster"
    actions   = ["eks:DescribeCluster"]
    resources = [aws_eks_cluster.main.arn]
  }
  statement {
    sid       = "Queue"
    actions   = ["sqs:DeleteMessage", "sqs:GetQueueUrl", "sqs:ReceiveMessage"]
    resources = [aws_sqs_queue.interruption.arn]
  }
  statement {
    sid       = "Images"
    actions   = ["ssm:GetParameter"]
    resources = ["arn:aws:ssm:us-east-2::parameter/aws/service/*"]
  }
  statement {
    sid       = "Role"
    actions   = ["iam:PassRole"]
    resources = [aws_iam_role.node.arn]
  }
}

resource "aws_iam_role_policy" "karpenter" {
  name   = "karpenter"
  role   = aws_iam_role.pod["karpenter"].name
  policy = data.aws_iam_policy_document.karpenter.json
}

resource "aws_iam_policy" "balancers" {
  name = "${var.name}-balancers"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["ec2:Describe*", "ec2:*SecurityGroup*", "ec2:CreateTags", "ec2:DeleteTags", "elasticloadbalancing:*", "acm:*", "wafv2:*", "shield:*"]
      Resource = "*"
    }]
  })
}

resource "aws_iam_role_policy_attachment" "balancers" {
  role       = aws_iam_role.pod["aws-load-balancer-controller"].name
  policy_arn = aws_iam_policy.balancers.arn
}

resource "aws_iam_role_policy_attachment" "disks" {
  role       = aws_iam_role.pod["ebs-csi-controller-sa"].name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AmazonEBSCSIDriverPolicy"
}

resource "aws_eks_pod_identity_association" "this" {
  for_each        = aws_iam_role.pod
  cluster_name    = aws_eks_cluster.main.name
  namespace       = "kube-system"
  service_account = each.key
  role_arn        = each.value.arn
}

resource "aws_eks_cluster" "main" {
  name     = var.name
  role_arn = aws_iam_role.cluster.arn

  access_config {
    authentication_mode = "API"
  }

  vpc_config {
    subnet_ids              = [for subnet in aws_subnet.main : subnet.id]
    endpoint_private_access = true
    endpoint_public_access  = false
  }

  tags       = local.ours
  depends_on = [aws_iam_policy_attachment.cluster]
}

resource "aws_ec2_tag" "group" {
  resource_id = aws_eks_cluster.main.vpc_config[0].cluster_security_group_id
  key         = "karpenter.sh/discovery"
  value       = var.name
}

resource "aws_eks_access_entry" "karpenter_nodes" {
  cluster_name  = aws_eks_cluster.main.name
  principal_arn = aws_iam_role.node.arn
  type          = "EC2_LINUX"
}

resource "aws_eks_addon" "this" {
  for_each     = toset(["aws-ebs-csi-driver", "eks-pod-identity-agent", "kube-proxy", "vpc-cni"])
  cluster_name = aws_eks_cluster.main.name
  addon_name   = each.value
}

resource "aws_eks_node_group" "system" {
  cluster_name    = aws_eks_cluster.main.name
  node_group_name = "system"
  node_role_arn   = aws_iam_role.node.arn
  subnet_ids      = [for subnet in aws_subnet.main : subnet.id]
  instance_types  = ["m7g.large"]
  ami_type        = "AL2023_ARM_64_STANDARD"

  scaling_config {
    desired_size = 2
    max_size     = 3
    min_size     = 2
  }

  depends_on = [
    aws_default_route_table.main,
    aws_default_security_group.endpoints,
    aws_iam_role_policy_attachment.node,
    aws_route_table_association.main,
    aws_vpc_endpoint.main,
    aws_vpc_endpoint.s3,
  ]
}
