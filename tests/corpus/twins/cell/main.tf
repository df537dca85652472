variable "name" {
  type = string
}

variable "cidr" {
  type = string
}

variable "self_managed" {
  type = bool
}

locals {
  zones = ["ap-southeast-2a", "ap-southeast-2b"]
  rules = {
    kubelet = { from = 10250, to = 10250 }
    hooks   = { from = 1025, to = 65535 }
    https   = { from = 443, to = 443 }
  }
}

resource "aws_vpc" "cell" {
  cidr_block           = var.cidr
  enable_dns_support   = true
  enable_dns_hostnames = true
  tags                 = { Name = var.name }
}

resource "aws_subnet" "cell" {
  count             = length(local.zones)
  vpc_id            = aws_vpc.cell.id
  availability_zone = local.zones[count.index]
  cidr_block        = cidrsubnet(var.cidr, 4, count.index)
  tags              = { "kubernetes.io/role/internal-elb" = "1" }
}

resource "aws_route_table" "cell" {
  count  = length(local.zones)
  vpc_id = aws_vpc.cell.id
}

resource "aws_route_table_association" "cell" {
  count          = length(local.zones)
  subnet_id      = aws_subnet.cell[count.index].id
  route_table_id = aws_route_table.cell[count.index].id
}

resource "aws_network_acl" "cell" {
  vpc_id = aws_vpc.cell.id
}

resource "aws_network_acl_association" "cell" {
  count          = length(local.zones)
  network_acl_id = aws_network_acl.cell.id
  subnet_id      = aws_subnet.cell[count.index].id
}

resource "aws_network_acl_rule" "inside" {
  for_each       = { in = false, out = true }
  network_acl_id = aws_network_acl.cell.id
  rule_number    = 100
  egress         = each.value
  protocol       = "-1"
  rule_action    = "allow"
  cidr_block     = aws_vpc.cell.cidr_block
}

resource "aws_network_acl_rule" "s3_out" {
  network_acl_id = aws_network_acl.cell.id
  rule_number    = 200
  egress         = true
  protocol       = "tcp"
  rule_action    = "allow"
  cidr_block     = "0.0.0.0/0"
  from_port      = 443
  to_port        = 443
}

resource "aws_network_acl_rule" "s3_answers" {
  network_acl_id = aws_network_acl.cell.id
  rule_number    = 200
  egress         = false
  protocol       = "6"
  rule_action    = "allow"
  cidr_block     = "0.0.0.0/0"
  from_port      = 1024
  to_port        = 65535
}

resource "aws_security_group" "nodes" {
  count       = var.self_managed ? 1 : 0
  name_prefix = "${var.name}-nodes-"
  vpc_id      = aws_vpc.cell.id
  tags        = { "kubernetes.io/cluster/${var.name}" = "owned" }
}

resource "aws_vpc_security_group_ingress_rule" "each_other" {
  count                        = var.self_managed ? 1 : 0
  security_group_id            = aws_security_group.nodes[0].id
  referenced_security_group_id = aws_security_group.nodes[0].id
  ip_protocol                  = "-1"
}

resource "aws_vpc_security_group_ingress_rule" "nodes" {
  for_each                     = var.self_managed ? local.rules : {}
  security_group_id            = aws_security_group.nodes[0].id
  referenced_security_group_id = aws_eks_cluster.cell.vpc_config[0].cluster_security_group_id
  ip_protocol                  = "tcp"
  from_port                    = each.value.from
  to_port                      = each.value.to
}

resource "aws_vpc_security_group_egress_rule" "nodes" {
  count             = var.self_managed ? 1 : 0
  security_group_id = aws_security_group.nodes[0].id
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "-1"
}

resource "aws_security_group_rule" "api_from_nodes" {
  count                    = var.self_managed ? 1 : 0
  type                     = "ingress"
  security_group_id        = aws_eks_cluster.cell.vpc_config[0].cluster_security_group_id
  source_security_group_id = aws_security_group.nodes[0].id
  protocol                 = "tcp"
  from_port                = 443
  to_port                  = 443
}

resource "aws_security_group" "endpoints" {
  name_prefix = "${var.name}-endpoints-"
  vpc_id      = aws_vpc.cell.id

  ingress {
    from_port   = 443
    to_port     = 443
    protocol    = "tcp"
    cidr_blocks = aws_subnet.cell[*].cidr_block
  }
}

resource "aws_vpc_endpoint" "interface" {
  for_each            = toset(["ec2", "ecr.api", "ecr.dkr", "sts", "eks"])
  vpc_id              = aws_vpc.cell.id
  service_name        = "com.amazonaws.ap-southeast-2.${each.value}"
  vpc_endpoint_type   = "Interface"
  private_dns_enabled = true
  subnet_ids          = aws_subnet.cell[*].id
  security_group_ids  = aws_security_group.endpoints[*].id
}

resource "aws_vpc_endpoint" "s3" {
  vpc_id            = aws_vpc.cell.id
  service_name      = "com.amazonaws.ap-southeast-2.s3"
  vpc_endpoint_type = "Gateway"
  route_table_ids   = aws_route_table.cell[*].id
}

data "aws_iam_policy_document" "trust" {
  for_each = toset(["eks", "ec2"])
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["${each.key}.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "cluster" {
  name_prefix        = "${var.name}-cluster-"
  assume_role_policy = data.aws_iam_policy_document.trust["eks"].json
}

resource "aws_iam_role_policy_attachment" "cluster" {
  role       = aws_iam_role.cluster.id
  policy_arn = "arn:aws:iam::aws:policy/AmazonEKSClusterPolicy"
}

resource "aws_iam_role" "node" {
  name_prefix        = "${var.name}-node-"
  assume_role_policy = data.aws_iam_policy_document.trust["ec2"].json
}

resource "aws_iam_role_policy_attachment" "node" {
  for_each = toset([
    "AmazonEKSWorkerNodePolicy",
    "AmazonEKS_CNI_Policy",
    "AmazonEC2ContainerRegistryPullOnly",
  ])
  role       = aws_iam_role.node.id
  policy_arn = "arn:aws:iam::aws:policy/${each.value}"
}

resource "aws_eks_cluster" "cell" {
  name     = var.name
  role_arn = aws_iam_role.cluster.arn
  version  = "1.32"

  access_config {
    authentication_mode = "API"
  }

  vpc_config {
    subnet_ids              = aws_subnet.cell[*].id
    endpoint_private_access = true
    endpoint_public_access  = false
  }

  depends_on = [aws_iam_role_policy_attachment.cluster]
}

resource "aws_eks_node_group" "cell" {
  count           = var.self_managed ? 0 : 1
  cluster_name    = aws_eks_cluster.cell.name
  node_group_name = var.name
  node_role_arn   = aws_iam_role.node.arn
  subnet_ids      = aws_subnet.cell[*].id

  scaling_config {
    desired_size = 2
    max_size     = 4
    min_size     = 2
  }

  depends_on = [
    aws_iam_role_policy_attachment.node,
    aws_network_acl_association.cell,
    aws_network_acl_rule.inside,
    aws_network_acl_rule.s3_answers,
    aws_network_acl_rule.s3_out,
    aws_route_table_association.cell,
    aws_vpc_endpoint.interface,
    aws_vpc_endpoint.s3,
  ]
}

resource "aws_iam_instance_profile" "node" {
  count       = var.self_managed ? 1 : 0
  name_prefix = "${var.name}-node-"
  role        = aws_iam_role.node.name
}

resource "aws_eks_access_entry" "node" {
  count         = var.self_managed ? 1 : 0
  cluster_name  = aws_eks_cluster.cell.name
  principal_arn = aws_iam_role.node.arn
  type          = "EC2_LINUX"
}

resource "aws_launch_template" "node" {
  count       = var.self_managed ? 1 : 0
  name_prefix = "${var.name}-"
  image_id    = "ami-0123456789abcdef0"
  user_data = base64encode(templatefile("${path.module}/node-config.yaml.tftpl", {
    name     = aws_eks_cluster.cell.name
    endpoint = aws_eks_cluster.cell.endpoint
    ca       = aws_eks_cluster.cell.certificate_authority[0].data
    cidr     = aws_eks_cluster.cell.kubernetes_network_config[0].service_ipv4_cidr
  }))

  iam_instance_profile {
    arn = aws_iam_instance_profile.node[0].arn
  }

  network_interfaces {
    associate_public_ip_address = false
    delete_on_termination       = true
    security_groups             = [aws_security_group.nodes[0].id]
  }

  metadata_options {
    http_tokens                 = "required"
    http_put_response_hop_limit = 2
  }
}

resource "aws_autoscaling_group" "node" {
  count               = var.self_managed ? 1 : 0
  name_prefix         = "${var.name}-"
  min_size            = 2
  max_size            = 4
  vpc_zone_identifier = aws_subnet.cell[*].id

  launch_template {
    id      = aws_launch_template.node[0].id
    version = "$Latest"
  }

  tag {
    key                 = "kubernetes.io/cluster/${var.name}"
    value               = "owned"
    propagate_at_launch = true
  }

  depends_on = [
    aws_eks_access_entry.node,
    aws_iam_role_policy_attachment.node,
    aws_network_acl_association.cell,
    aws_network_acl_rule.inside,
    aws_network_acl_rule.s3_answers,
    aws_network_acl_rule.s3_out,
    aws_route_table_association.cell,
    aws_security_group_rule.api_from_nodes,
    aws_vpc_endpoint.interface,
    aws_vpc_endpoint.s3,
    aws_vpc_security_group_egress_rule.nodes,
    aws_vpc_security_group_ingress_rule.each_other,
    aws_vpc_security_group_ingress_rule.nodes,
  ]
}

output "cluster_name" {
  value = aws_eks_cluster.cell.name
}
