locals {
  svc = "com.amazonaws.${local.cfg.region}"

  policies = {
    registry = jsonencode({
      Version = "2012-10-17"
      Statement = [
        {
          Sid       = "Login"
          Effect    = "Allow"
          Principal = "*"
          Action    = "ecr:GetAuthorizationToken"
          Resource  = "*"
        },
        {
          Sid       = "Pull"
          Effect    = "Allow"
          Principal = "*"
          Action    = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
          Resource  = "arn:aws:ecr:${local.cfg.region}:*:repository/*"
        },
      ]
    })
    logs = jsonencode({
      Version   = "2012-10-17"
      Statement = [{ Effect = "Allow", Principal = "*", Action = ["logs:CreateLogStream", "logs:PutLogEvents", "logs:Describe*"], Resource = "*" }]
    })
  }
}

data "aws_iam_policy_document" "layers" {
  statement {
    sid       = "EcrLayers"
    actions   = ["s3:GetObject"]
    resources = ["arn:aws:s3:::prod-${local.cfg.region}-starport-layer-bucket/*"]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
  }
}

data "aws_iam_policy_document" "artefacts" {
  statement {
    sid       = "Artefacts"
    actions   = ["s3:GetObject", "s3:ListBucket"]
    resources = formatlist("arn:aws:s3:::%s-artefacts%s", local.cfg.name, ["", "/*"])
    principals {
      type        = "*"
      identifiers = ["*"]
    }
  }
}

data "aws_iam_policy_document" "s3" {
  source_policy_documents = [
    data.aws_iam_policy_document.layers.json,
    data.aws_iam_policy_document.artefacts.json,
  ]

  statement {
    sid       = "OnlyTls"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = ["*"]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}

resource "aws_security_group" "endpoints" {
  name_prefix = "${local.cfg.name}-endpoints-"
  vpc_id      = aws_vpc.this.id

  dynamic "ingress" {
    for_each = { for key, s in local.subnets : key => s if s.tier == "nodes" }
    content {
      description = ingress.key
      protocol    = "tcp"
      from_port   = 443
      to_port     = 443
      cidr_blocks = [aws_subnet.this[ingress.key].cidr_block]
    }
  }
}

resource "aws_vpc_endpoint" "interface" {
  for_each            = local.cfg.endpoints.interface
  vpc_id              = aws_vpc.this.id
  service_name        = "${local.svc}.${each.key}"
  vpc_endpoint_type   = "Interface"
  private_dns_enabled = true
  subnet_ids          = local.by_tier["endpoints"]
  security_group_ids  = [aws_security_group.endpoints.id]
  policy              = try(local.policies[each.value.policy], null)
}

resource "aws_vpc_endpoint" "s3" {
  vpc_id          = aws_vpc.this.id
  service_name    = "${local.svc}.s3"
  policy          = data.aws_iam_policy_document.s3.json
  route_table_ids = [for tier in local.cfg.endpoints.gateway_tiers : aws_route_table.tier[tier].id]
}
