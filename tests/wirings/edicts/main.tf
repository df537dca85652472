# endpoint policies in the hand of a security team: perimeter statements, denies, NotAction, conditions
locals {
  org     = "o-a1b2c3d4e5"
  me      = "444455556666"
  addons  = "602401143452"
  golden  = "777788889999" # the images' account
  subnets = { for i, z in ["us-east-2a", "us-east-2b"] : z => cidrsubnet("10.90.0.0/20", 4, i) }
}
resource "aws_vpc" "v" {
  cidr_block           = "10.90.0.0/20"
  enable_dns_hostnames = true
}
resource "aws_subnet" "s" {
  for_each          = local.subnets
  vpc_id            = aws_vpc.v.id
  cidr_block        = each.value
  availability_zone = each.key
}
resource "aws_route_table" "r" { vpc_id = aws_vpc.v.id }
resource "aws_route_table_association" "r" {
  for_each       = aws_subnet.s
  route_table_id = aws_route_table.r.id
  subnet_id      = each.value.id
}
resource "aws_default_security_group" "closed" { vpc_id = aws_vpc.v.id }

data "aws_iam_policy_document" "perimeter" {
  statement {
    sid       = "OnlyOurNetwork"
    effect    = "Deny"
    actions   = ["*"]
    resources = ["*"]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
    condition {
      test     = "StringNotEqualsIfExists"
      variable = "aws:PrincipalOrgID"
      values   = [local.org]
    }
    condition {
      test     = "BoolIfExists"
      variable = "aws:PrincipalIsAWSService"
      values   = ["false"]
    }
  }
}
data "aws_iam_policy_document" "p" {
  for_each = {
    ec2  = { not = [], allow = ["ec2:*"] }
    sts  = { not = [], allow = ["sts:AssumeRoleWithWebIdentity", "sts:GetCallerIdentity", "sts:AssumeRole"] }
    logs = { not = ["logs:Delete*"], allow = [] }
    ecr  = { not = [], allow = ["ecr:GetAuthorizationToken", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer", "ecr:BatchCheckLayerAvailability"] }
  }
  source_policy_documents = [data.aws_iam_policy_document.perimeter.json]
  statement {
    sid         = "Use"
    actions     = length(each.value.allow) > 0 ? each.value.allow : null
    not_actions = length(each.value.not) > 0 ? each.value.not : null
    resources   = ["*"]
    principals {
      type        = "AWS"
      identifiers = ["*"]
    }
  }
}
data "aws_iam_policy_document" "s3" {
  statement {
    sid           = "AllButWrites"
    not_actions   = ["s3:Put*", "s3:Delete*"]
    resources     = ["*"]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
  }
  statement {
    sid           = "NotOthersBuckets"
    effect        = "Deny"
    actions       = ["s3:*"]
    not_resources = ["arn:aws:s3:::prod-us-east-2-starport-layer-bucket/*", "arn:aws:s3:::acme-*", "arn:aws:s3:::acme-*/*"]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
  }
}
resource "aws_security_group" "e" {
  vpc_id      = aws_vpc.v.id
  description = "endpoints"
  ingress     = [for c in [aws_vpc.v.cidr_block] : { description = "", cidr_blocks = [c], from_port = 443, to_port = 443, protocol = "tcp", ipv6_cidr_blocks = [], prefix_list_ids = [], security_groups = [], self = false }]
}
resource "aws_vpc_endpoint" "e" {
  for_each            = { ec2 = "ec2", sts = "sts", logs = "logs", "ecr.api" = "ecr", "ecr.dkr" = "ecr" }
  vpc_id              = aws_vpc.v.id
  service_name        = "com.amazonaws.us-east-2.${each.key}"
  vpc_endpoint_type   = "Interface"
  private_dns_enabled = true
  subnet_ids          = [for s in aws_subnet.s : s.id]
  security_group_ids  = [aws_security_group.e.id]
}
resource "aws_vpc_endpoint_policy" "e" {
  for_each        = { ec2 = "ec2", sts = "sts", logs = "logs", "ecr.api" = "ecr", "ecr.dkr" = "ecr" }
  vpc_endpoint_id = aws_vpc_endpoint.e[each.key].id
  policy          = data.aws_iam_policy_document.p[each.value].json
}
resource "aws_vpc_endpoint" "s3" {
  vpc_id          = aws_vpc.v.id
  service_name    = "com.amazonaws.us-east-2.s3"
  route_table_ids = [aws_route_table.r.id]
}
resource "aws_vpc_endpoint_policy" "s3" {
  vpc_endpoint_id = aws_vpc_endpoint.s3.id
  policy          = data.aws_iam_policy_document.s3.json
}
resource "aws_iam_role" "r" {
  for_each = toset(["eks", "ec2"])
  name     = "edict-${each.key}"
  path     = "/platform/"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = { Effect = "Allow", Action = ["sts:AssumeRole"], Principal = { Service = ["${each.key}.amazonaws.com"] } }
  })
  inline_policy {}
}
resource "aws_iam_role_policy_attachment" "eks" {
  role       = aws_iam_role.r["eks"].name
  policy_arn = "arn:aws:iam::aws:policy/AmazonEKSClusterPolicy"
}
# no managed policies for nodes here: written out
data "aws_iam_policy_document" "node" {
  statement {
    sid       = "Read"
    actions   = ["ec2:Describe*", "eks:DescribeCluster", "eks-auth:AssumeRoleForPodIdentity"]
    resources = ["*"]
  }
  statement {
    sid       = "Cni"
    actions   = ["ec2:AssignPrivateIpAddresses", "ec2:AttachNetworkInterface", "ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface", "ec2:DetachNetworkInterface", "ec2:ModifyNetworkInterfaceAttribute", "ec2:UnassignPrivateIpAddresses", "ec2:CreateTags"]
    resources = ["*"]
  }
  statement {
    sid       = "Login"
    actions   = ["ecr:GetAuthorizationToken"]
    resources = ["*"]
  }
  statement {
    sid     = "Pull"
    actions = ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer", "ecr:BatchCheckLayerAvailability"]
    resources = [for a in [local.me, local.addons, local.golden] : "arn:aws:ecr:us-east-2:${a}:repository/*"]
  }
}
resource "aws_iam_policy" "node" {
  name   = "edict-node"
  policy = data.aws_iam_policy_document.node.json
}
resource "aws_iam_policy_attachment" "node" {
  name       = "node"
  roles      = [for k, r in aws_iam_role.r : r.name if k == "ec2"]
  policy_arn = aws_iam_policy.node.arn
}
resource "aws_ecr_repository" "app" { name = "app" }
resource "aws_ecr_repository_policy" "app" {
  repository = aws_ecr_repository.app.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Sid = "pull", Effect = "Allow", Principal = { AWS = "arn:aws:iam::444455556666:root" }, Action = ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer", "ecr:BatchCheckLayerAvailability"] },
      { Sid = "only here", Effect = "Deny", Principal = "*", Action = "ecr:BatchGetImage", Condition = { StringNotEquals = { "aws:SourceVpc" = aws_vpc.v.id } } },
    ]
  })
}
resource "aws_eks_cluster" "c" {
  name     = "edict"
  role_arn = aws_iam_role.r["eks"].arn
  vpc_config {
    subnet_ids              = [for s in aws_subnet.s : s.id]
    endpoint_private_access = true
    endpoint_public_access  = false
  }
}
resource "aws_eks_node_group" "n" {
  cluster_name    = aws_eks_cluster.c.name
  node_group_name = "n"
  node_role_arn   = aws_iam_role.r["ec2"].arn
  subnet_ids      = [for s in aws_subnet.s : s.id]
  scaling_config {
    min_size     = 1
    max_size     = 2
    desired_size = 1
  }
  depends_on = [aws_vpc_endpoint.e, aws_vpc_endpoint.s3, aws_vpc_endpoint_policy.e, aws_vpc_endpoint_policy.s3, aws_route_table_association.r, aws_iam_policy_attachment.node]
}
