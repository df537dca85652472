resource "aws_security_group" "jump" {
  name        = "jump"
  description = "Operators"
  vpc_id      = aws_vpc.shared.id

  egress {
    description = "HTTPS to whatever the VPC has, and to S3"
    from_port   = 443
    to_port     = 443
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_iam_role" "jump" {
  name                = "jump"
  managed_policy_arns = ["arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"]
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }]
  })
}

resource "aws_iam_instance_profile" "jump" {
  name = "jump"
  role = aws_iam_role.jump.name
}

resource "aws_instance" "jump" {
  ami                    = "ami-0bbbbbbbbbbbbbbbb"
  instance_type          = "t4g.small"
  subnet_id              = aws_subnet.services["b"].id
  vpc_security_group_ids = [aws_security_group.jump.id]
  iam_instance_profile   = aws_iam_instance_profile.jump.name
  tags                   = { Name = "jump" }
}
