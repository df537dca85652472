variable "cluster" {}
variable "node_role" {}

resource "aws_sqs_queue" "interruption" {
  name = "${var.cluster}-karpenter"
}

resource "aws_iam_role" "controller" {
  name = "${var.cluster}-karpenter"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["sts:AssumeRole", "sts:TagSession"], Principal = { Service = "pods.eks.amazonaws.com" } }]
  })
}

resource "aws_iam_role_policy" "controller" {
  role = aws_iam_role.controller.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = ["ec2:*", "ssm:GetParameter", "pricing:GetProducts", "eks:DescribeCluster", "iam:GetInstanceProfile"], Resource = "*" },
      { Effect = "Allow", Action = "iam:PassRole", Resource = var.node_role.arn },
      { Effect = "Allow", Action = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueUrl"], Resource = aws_sqs_queue.interruption.arn },
    ]
  })
}

resource "aws_eks_pod_identity_association" "controller" {
  cluster_name    = var.cluster
  namespace       = "kube-system"
  service_account = "karpenter"
  role_arn        = aws_iam_role.controller.arn
}
