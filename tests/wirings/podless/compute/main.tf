variable "cluster" {}
variable "subnets" { type = list(string) }
variable "profiles" { type = map(list(string)) }

resource "aws_iam_role" "pods" {
  name = "${var.cluster}-fargate"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "eks-fargate-pods.amazonaws.com" } }]
  })
}

resource "aws_iam_role_policy_attachment" "pods" {
  role       = aws_iam_role.pods.name
  policy_arn = "arn:aws:iam::aws:policy/AmazonEKSFargatePodExecutionRolePolicy"
}

resource "aws_eks_fargate_profile" "this" {
  for_each               = var.profiles
  cluster_name           = var.cluster
  fargate_profile_name   = each.key
  pod_execution_role_arn = aws_iam_role.pods.arn
  subnet_ids             = var.subnets

  dynamic "selector" {
    for_each = toset(each.value)
    content {
      namespace = selector.value
    }
  }
  depends_on = [aws_iam_role_policy_attachment.pods]
}

resource "aws_eks_addon" "coredns" {
  cluster_name         = var.cluster
  addon_name           = "coredns"
  configuration_values = jsonencode({ computeType = "Fargate" })
  depends_on           = [aws_eks_fargate_profile.this]
}
