variable "create" { default = true }
variable "name" {}
variable "vpc_id" {}
variable "subnet_ids" { type = list(string) }
variable "vpc_cidr" {}

resource "aws_security_group" "this" {
  count       = var.create ? 1 : 0
  name_prefix = "${var.name}-"
  vpc_id      = var.vpc_id
}

resource "aws_security_group_rule" "egress" {
  count             = var.create ? 1 : 0
  security_group_id = join("", aws_security_group.this.*.id)
  type              = "egress"
  protocol          = "tcp"
  from_port         = 443
  to_port           = 443
  cidr_blocks       = ["0.0.0.0/0"]
}

resource "aws_iam_role" "this" {
  count              = var.create ? 1 : 0
  name_prefix        = "bastion-"
  assume_role_policy = data.aws_iam_policy_document.assume.json
}

data "aws_iam_policy_document" "assume" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["ec2.amazonaws.com"]
    }
  }
}

resource "aws_iam_role_policy_attachment" "ssm" {
  count      = var.create ? 1 : 0
  role       = aws_iam_role.this[0].name
  policy_arn = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"
}

resource "aws_iam_instance_profile" "this" {
  count       = var.create ? 1 : 0
  name_prefix = "bastion-"
  role        = element(concat(aws_iam_role.this.*.name, [""]), 0)
}

resource "aws_instance" "this" {
  count                  = var.create ? 1 : 0
  ami                    = "ami-0123456789abcdef0"
  instance_type          = "t3.micro"
  subnet_id              = element(var.subnet_ids, 0)
  vpc_security_group_ids = compact([one(aws_security_group.this[*].id)])
  iam_instance_profile   = aws_iam_instance_profile.this[0].name
}

output "security_group_id" { value = element(concat(aws_security_group.this.*.id, [""]), 0) }
