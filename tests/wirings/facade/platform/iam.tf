resource "aws_iam_role" "this" {
  for_each    = local.cfg.iam
  name_prefix = "${local.cfg.name}-${each.key}-"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = each.value.service == "pods.eks" ? ["sts:AssumeRole", "sts:TagSession"] : ["sts:AssumeRole"]
      Principal = { Service = "${each.value.service}.amazonaws.com" }
    }]
  })
}

locals {
  pairs = concat([for role, spec in local.cfg.iam : setproduct([role], spec.policies)]...)
}

resource "aws_iam_role_policy_attachment" "this" {
  for_each   = { for pair in local.pairs : join("|", pair) => { role = pair[0], policy = pair[1] } }
  role       = aws_iam_role.this[each.value.role].name
  policy_arn = "arn:aws:iam::aws:policy/${each.value.policy}"
}
