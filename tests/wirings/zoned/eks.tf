data "aws_iam_policy_document" "trust" {
  for_each = { cp = "eks.amazonaws.com", node = "ec2.amazonaws.com", pod = "pods.eks.amazonaws.com" }
  statement {
    actions = each.key == "pod" ? ["sts:AssumeRole", "sts:TagSession"] : ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = [each.value]
    }
  }
}

resource "aws_iam_role" "cp" {
  name               = "z-cp"
  assume_role_policy = data.aws_iam_policy_document.trust["cp"].json
}

resource "aws_iam_role" "node" {
  name               = "z-node"
  assume_role_policy = data.aws_iam_policy_document.trust["node"].json
}

resource "aws_iam_role" "cni" {
  name               = "z-cni"
  assume_role_policy = data.aws_iam_policy_document.trust["pod"].json
}

resource "aws_iam_role_policy_attachment" "all" {
  for_each = {
    cp  = [aws_iam_role.cp.name, "AmazonEKSClusterPolicy"]
    n1  = [aws_iam_role.node.name, "AmazonEKSWorkerNodePolicy"]
    n2  = [aws_iam_role.node.name, "AmazonEC2ContainerRegistryPullOnly"]
    cni = [aws_iam_role.cni.name, "AmazonEKS_CNI_Policy"]
  }
  role       = each.value[0]
  policy_arn = "arn:aws:iam::aws:policy/${each.value[1]}"
}

resource "aws_security_group" "extra" {
  name        = "cp-extra"
  description = "on the control plane only"
  vpc_id      = aws_vpc.v.id
}

resource "aws_vpc_security_group_ingress_rule" "extra_pods" {
  security_group_id = aws_security_group.extra.id
  prefix_list_id    = aws_ec2_managed_prefix_list.pods.id
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

resource "aws_eks_cluster" "c" {
  name     = "zoned"
  version  = "1.33"
  role_arn = aws_iam_role.cp.arn

  access_config {
    authentication_mode = "API"
  }

  vpc_config {
    subnet_ids              = slice(sort(values({ for k, s in aws_subnet.cp : k => s.id })), 0, length(local.azs))
    security_group_ids      = [aws_security_group.extra.id]
    endpoint_private_access = true
    endpoint_public_access  = false
  }

  kubernetes_network_config {
    service_ipv4_cidr = "172.20.0.0/16"
  }
  depends_on = [aws_iam_role_policy_attachment.all]
}

# pods have a group of their own through ENIConfig; everyone talks to everyone within the two ranges
resource "aws_security_group" "pods" {
  name        = "zoned-pods"
  description = "custom networking"
  vpc_id      = aws_vpc.v.id
}

locals {
  pod_groups = {
    pods  = aws_security_group.pods.id
    nodes = aws_eks_cluster.c.vpc_config[0].cluster_security_group_id
  }
}

resource "aws_vpc_security_group_ingress_rule" "mesh" {
  for_each          = local.pod_groups
  security_group_id = each.value
  prefix_list_id    = aws_ec2_managed_prefix_list.inside.id
  ip_protocol       = "-1"
}

resource "aws_vpc_security_group_egress_rule" "pods_out" {
  for_each          = toset([var.vpc_cidr, var.pod_cidr])
  security_group_id = aws_security_group.pods.id
  cidr_ipv4         = each.key
  ip_protocol       = "-1"
}

resource "aws_vpc_security_group_egress_rule" "pods_s3" {
  security_group_id = aws_security_group.pods.id
  prefix_list_id    = aws_vpc_endpoint.s3.prefix_list_id
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

resource "aws_eks_addon" "cni" {
  cluster_name = aws_eks_cluster.c.name
  addon_name   = "vpc-cni"
  configuration_values = jsonencode({
    env = {
      AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG = "true"
      ENI_CONFIG_LABEL_DEF               = "topology.kubernetes.io/zone"
    }
    eniConfig = {
      create = true
      region = "eu-west-1"
      subnets = { for az, s in aws_subnet.pod : az => {
        id             = s.id
        securityGroups = [aws_security_group.pods.id]
      } }
    }
  })
  pod_identity_association {
    role_arn        = aws_iam_role.cni.arn
    service_account = "aws-node"
  }
}

resource "aws_eks_addon" "agents" {
  for_each     = toset(["kube-proxy", "eks-pod-identity-agent"])
  cluster_name = aws_eks_cluster.c.name
  addon_name   = each.key
}

resource "aws_eks_addon" "dns" {
  cluster_name = aws_eks_cluster.c.name
  addon_name   = "coredns"
  depends_on   = [aws_eks_node_group.ng]
}

resource "aws_eks_node_group" "ng" {
  for_each        = { for az in local.azs : az => [aws_subnet.node[az].id] }
  cluster_name    = aws_eks_cluster.c.name
  node_group_name = "ng-${each.key}"
  node_role_arn   = aws_iam_role.node.arn
  subnet_ids      = each.value
  ami_type        = "AL2023_ARM_64_STANDARD"
  instance_types  = ["m7g.xlarge"]
  scaling_config {
    desired_size = 1
    min_size     = 1
    max_size     = 5
  }
  depends_on = [
    aws_eks_addon.cni, aws_eks_addon.agents,
    aws_vpc_endpoint.e, aws_vpc_endpoint.s3, aws_vpc_endpoint_route_table_association.s3,
    aws_route_table_association.node, aws_route_table_association.cp, aws_route_table_association.pod,
    aws_network_acl.inner, aws_network_acl_rule.pods, aws_security_group_rule.vpce_in,
    aws_vpc_security_group_ingress_rule.mesh, aws_vpc_security_group_egress_rule.pods_out,
    aws_vpc_security_group_egress_rule.pods_s3, aws_vpc_security_group_ingress_rule.extra_pods,
    aws_ec2_managed_prefix_list_entry.pods, aws_iam_role_policy_attachment.all,
  ]
}
