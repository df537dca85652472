resource "aws_kms_key" "secrets" {
  description = "secrets of ${local.name}"
  policy      = data.aws_iam_policy_document.kms.json
}
data "aws_iam_policy_document" "kms" {
  statement {
    actions   = ["kms:*"]
    resources = ["*"]
    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::${local.account}:root"]
    }
  }
}
data "aws_iam_policy_document" "assume" {
  for_each = toset(["eks.amazonaws.com", "ec2.amazonaws.com"])
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = [each.key]
    }
  }
}
resource "aws_iam_role" "brain" {
  name               = "annex-brain"
  assume_role_policy = data.aws_iam_policy_document.assume["eks.amazonaws.com"].json
}
resource "aws_iam_role_policy_attachment" "brain" {
  role       = aws_iam_role.brain.id
  policy_arn = "arn:aws:iam::aws:policy/AmazonEKSClusterPolicy"
}
resource "aws_iam_role_policy_attachment" "brain_sgp" {
  role       = aws_iam_role.brain.id
  policy_arn = "arn:aws:iam::aws:policy/AmazonEKSVPCResourceController"
}
resource "aws_iam_role" "host" {
  name                 = "annex-host"
  assume_role_policy   = data.aws_iam_policy_document.assume["ec2.amazonaws.com"].json
  permissions_boundary = aws_iam_policy.boundary.arn
}
resource "aws_iam_policy" "boundary" {
  name = "annex-boundary"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", NotAction = ["iam:*", "organizations:*", "account:*"], Resource = "*" },
      { Effect = "Deny", Action = ["ec2:*InternetGateway*", "ec2:CreateNatGateway"], Resource = "*" },
    ]
  })
}
resource "aws_iam_role_policy_attachment" "host" {
  for_each   = toset(["AmazonEKSWorkerNodePolicy", "AmazonEKS_CNI_Policy", "AmazonEC2ContainerRegistryPullOnly", "AmazonSSMManagedInstanceCore"])
  role       = aws_iam_role.host.id
  policy_arn = "arn:aws:iam::aws:policy/${each.key}"
}

resource "aws_security_group" "pods" {
  name   = "annex-pods"
  vpc_id = aws_vpc.annex.id
  tags   = { "kubernetes.io/use" = "eniconfig" }
}
resource "aws_vpc_security_group_egress_rule" "pods" {
  security_group_id = aws_security_group.pods.id
  ip_protocol       = "-1"
  cidr_ipv4         = "0.0.0.0/0"
}
resource "aws_vpc_security_group_ingress_rule" "pods" {
  for_each = {
    mates = aws_security_group.pods.id
    brain = aws_eks_cluster.annex.vpc_config[0].cluster_security_group_id
  }
  security_group_id            = aws_security_group.pods.id
  referenced_security_group_id = each.value
  ip_protocol                  = "-1"
}
resource "aws_vpc_security_group_ingress_rule" "pods_to_brain" {
  security_group_id            = aws_eks_cluster.annex.vpc_config[0].cluster_security_group_id
  referenced_security_group_id = aws_security_group.pods.id
  ip_protocol                  = "-1"
}

resource "aws_eks_cluster" "annex" {
  name     = local.name
  role_arn = aws_iam_role.brain.arn
  version  = "1.33"
  encryption_config {
    provider { key_arn = aws_kms_key.secrets.arn }
    resources = ["secrets"]
  }
  vpc_config {
    subnet_ids              = [for s in aws_subnet.brain : s.id]
    endpoint_private_access = true
    endpoint_public_access  = false
  }
  kubernetes_network_config { service_ipv4_cidr = "172.30.0.0/16" }
  access_config { authentication_mode = "API_AND_CONFIG_MAP" }
  depends_on = [aws_iam_role_policy_attachment.brain, aws_iam_role_policy_attachment.brain_sgp]
}

resource "aws_eks_addon" "cni" {
  cluster_name = aws_eks_cluster.annex.name
  addon_name   = "vpc-cni"
  configuration_values = jsonencode({
    env = { AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG = "true", ENI_CONFIG_LABEL_DEF = "topology.kubernetes.io/zone", ENABLE_POD_ENI = "true", POD_SECURITY_GROUP_ENFORCING_MODE = "standard" }
    eniConfig = {
      create  = true
      region  = local.region
      subnets = { for z, s in aws_subnet.pod : local.zones[z] => { id = s.id, securityGroups = [aws_security_group.pods.id] } }
    }
  })
}

locals {
  pools = {
    plain  = { ami = "ami-0aaaaaaaaaaaaaaaa", template = "node.yaml.tftpl", os = "CUSTOM" }
    rocket = { ami = "ami-0bbbbbbbbbbbbbbbb", template = "bottlerocket.toml.tftpl", os = "CUSTOM" }
  }
}
resource "aws_launch_template" "pool" {
  for_each = local.pools
  name     = "annex-${each.key}"
  image_id = each.value.ami
  user_data = base64encode(templatefile("${path.module}/files/${each.value.template}", {
    name     = aws_eks_cluster.annex.name
    endpoint = aws_eks_cluster.annex.endpoint
    ca       = aws_eks_cluster.annex.certificate_authority[0].data
    cidr     = aws_eks_cluster.annex.kubernetes_network_config[0].service_ipv4_cidr
    pool     = each.key
    control  = true
    registry = split("/", aws_ecr_repository.mirror["bottlerocket-control"].repository_url)[0]
  }))
  network_interfaces {
    device_index    = 0
    security_groups = [aws_eks_cluster.annex.vpc_config[0].cluster_security_group_id]
  }
  block_device_mappings {
    device_name = "/dev/xvda"
    ebs {
      encrypted   = true
      volume_size = 60
    }
  }
  metadata_options {
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
  }
}
resource "aws_eks_node_group" "pool" {
  for_each        = local.pools
  cluster_name    = aws_eks_cluster.annex.name
  node_group_name = each.key
  node_role_arn   = aws_iam_role.host.arn
  subnet_ids      = [for z in keys(local.zones) : aws_subnet.host[z].id]
  ami_type        = each.value.os
  launch_template {
    name    = aws_launch_template.pool[each.key].name
    version = aws_launch_template.pool[each.key].latest_version
  }
  scaling_config {
    min_size     = 1
    desired_size = 2
    max_size     = 5
  }
  depends_on = [aws_eks_addon.cni, aws_vpc_endpoint.door, aws_vpc_endpoint.s3, aws_route_table_association.host, aws_route_table_association.brain,
    aws_route_table_association.pod, aws_network_acl.pods, aws_iam_role_policy_attachment.host, aws_vpc_security_group_ingress_rule.pods,
    aws_vpc_security_group_ingress_rule.pods_to_brain, aws_vpc_security_group_egress_rule.pods]
}
resource "aws_eks_addon" "rest" {
  for_each     = toset(["kube-proxy", "coredns"])
  cluster_name = aws_eks_cluster.annex.name
  addon_name   = each.value
  depends_on   = [aws_eks_node_group.pool]
}

# --- registry -------------------------------------------------------------------------------------------------------
resource "aws_ecr_repository" "mirror" {
  provider = aws.registry
  for_each = toset(["bottlerocket-control", "app/api", "app/web"])
  name     = each.key
}
resource "aws_ecr_pull_through_cache_rule" "warmed" {
  provider              = aws.registry
  ecr_repository_prefix = "k8s"
  upstream_registry_url = "registry.k8s.io"
}

# --- block storage with IRSA ------------------------------------------------------------------------------------------
resource "aws_iam_openid_connect_provider" "annex" {
  url             = aws_eks_cluster.annex.identity[0].oidc[0].issuer
  client_id_list  = ["sts.amazonaws.com"]
  thumbprint_list = ["9e99a48a9960b14926bb7f3b02e22da2b0ab7280"]
}
data "aws_iam_policy_document" "ebs" {
  statement {
    actions = ["sts:AssumeRoleWithWebIdentity"]
    principals {
      type        = "Federated"
      identifiers = [aws_iam_openid_connect_provider.annex.arn]
    }
    condition {
      test     = "StringEquals"
      variable = "${replace(aws_iam_openid_connect_provider.annex.url, "https://", "")}:sub"
      values   = ["system:serviceaccount:kube-system:ebs-csi-controller-sa"]
    }
  }
}
resource "aws_iam_role" "ebs" {
  name               = "annex-ebs"
  assume_role_policy = data.aws_iam_policy_document.ebs.json
}
resource "aws_iam_role_policy_attachment" "ebs" {
  role       = aws_iam_role.ebs.id
  policy_arn = "arn:aws:iam::aws:policy/service-role/AmazonEBSCSIDriverPolicy"
}
resource "aws_eks_addon" "ebs" {
  cluster_name             = aws_eks_cluster.annex.name
  addon_name               = "aws-ebs-csi-driver"
  service_account_role_arn = aws_iam_role.ebs.arn
  depends_on               = [aws_eks_node_group.pool, aws_iam_role_policy_attachment.ebs]
}
