variable "name" {}
variable "service" {}
variable "policies" { type = list(string) }
variable "profile" { type = bool }

data "aws_iam_policy_document" "t" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["${var.service}.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "r" {
  name               = var.name
  assume_role_policy = data.aws_iam_policy_document.t.json
}

resource "aws_iam_role_policy_attachment" "p" {
  count      = length(var.policies)
  role       = aws_iam_role.r.id
  policy_arn = "arn:aws:iam::aws:policy/${element(var.policies, count.index)}"
}

resource "aws_iam_instance_profile" "p" {
  count = var.profile ? 1 : 0
  name  = var.name
  role  = aws_iam_role.r.name
}

output "role" {
  value      = { arn = aws_iam_role.r.arn, name = aws_iam_role.r.name }
  depends_on = [aws_iam_role_policy_attachment.p]
}
output "profile" {
  value = join("", aws_iam_instance_profile.p.*.arn)
}
