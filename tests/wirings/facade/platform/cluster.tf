resource "aws_eks_cluster" "this" {
  name     = local.cfg.name
  version  = local.cfg.cluster.version
  role_arn = aws_iam_role.this["cluster"].arn

  access_config {
    authentication_mode = "API"
  }

  vpc_config {
    subnet_ids              = local.by_tier["control"]
    endpoint_private_access = true
    endpoint_public_access  = false
  }

  depends_on = [aws_iam_role_policy_attachment.this]
}

locals {
  control_plane = aws_eks_cluster.this.vpc_config[0].cluster_security_group_id
}

resource "aws_security_group" "nodes" {
  name_prefix = "${local.cfg.name}-nodes-"
  vpc_id      = aws_vpc.this.id

  ingress {
    description = "each other"
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    self        = true
  }

  dynamic "ingress" {
    for_each = local.cfg.cluster.node_ports
    content {
      description     = "control plane"
      protocol        = "tcp"
      from_port       = ingress.value.from
      to_port         = ingress.value.to
      security_groups = [local.control_plane]
    }
  }

  egress {
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_security_group_rule" "api" {
  type                     = "ingress"
  security_group_id        = local.control_plane
  source_security_group_id = aws_security_group.nodes.id
  protocol                 = "tcp"
  from_port                = 443
  to_port                  = 443
}

resource "aws_launch_template" "pool" {
  for_each               = local.cfg.cluster.pools
  name_prefix            = "${local.cfg.name}-${each.key}-"
  instance_type          = each.value.type
  vpc_security_group_ids = [aws_security_group.nodes.id]
}

resource "aws_eks_node_group" "pool" {
  for_each        = local.cfg.cluster.pools
  cluster_name    = aws_eks_cluster.this.name
  node_group_name = each.key
  node_role_arn   = aws_iam_role.this["node"].arn
  subnet_ids      = [for zone in try(each.value.zones, local.net.zones) : aws_subnet.this["nodes:${zone}"].id]
  ami_type        = "AL2023_x86_64_STANDARD"

  launch_template {
    id      = aws_launch_template.pool[each.key].id
    version = aws_launch_template.pool[each.key].latest_version
  }

  scaling_config {
    desired_size = each.value.size
    min_size     = each.value.size
    max_size     = each.value.size * 4
  }

  depends_on = [
    aws_eks_addon.this["vpc-cni"],
    aws_eks_addon.this["kube-proxy"],
    aws_iam_role_policy_attachment.this,
    aws_network_acl.tier,
    aws_route_table_association.this,
    aws_security_group_rule.api,
    aws_vpc_endpoint.interface,
    aws_vpc_endpoint.s3,
  ]
}

locals {
  late = ["coredns", "aws-ebs-csi-driver"]
}

resource "aws_eks_addon" "this" {
  for_each     = toset([for addon in local.cfg.cluster.addons : addon if !contains(local.late, addon)])
  cluster_name = aws_eks_cluster.this.name
  addon_name   = each.key
}

resource "aws_eks_addon" "late" {
  for_each     = toset([for addon in local.cfg.cluster.addons : addon if contains(local.late, addon)])
  cluster_name = aws_eks_cluster.this.name
  addon_name   = each.key

  dynamic "pod_identity_association" {
    for_each = each.key == "aws-ebs-csi-driver" ? { ebs-csi-controller-sa = "ebs" } : {}
    content {
      service_account = pod_identity_association.key
      role_arn        = aws_iam_role.this[pod_identity_association.value].arn
    }
  }

  depends_on = [aws_eks_node_group.pool]
}
