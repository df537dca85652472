variable "env" {}
variable "region" {}
variable "block" {}
variable "endpoints" { type = list(string) }

resource "aws_vpc" "x" {
  cidr_block           = var.block
  enable_dns_support   = true
  enable_dns_hostnames = true
}

resource "aws_subnet" "x" {
  count             = 3
  vpc_id            = aws_vpc.x.id
  cidr_block        = cidrsubnet(var.block, 3, count.index)
  availability_zone = "${var.region}${substr("abc", count.index, 1)}"
  tags = {
    "karpenter.sh/discovery" = var.env
  }
}

# everything runs on the VPC's own main table, ACL and group: adopted, not made
resource "aws_default_route_table" "main" {
  default_route_table_id = aws_vpc.x.default_route_table_id
  tags                   = { Name = "unused" }
}

resource "aws_route_table" "private" {
  vpc_id = aws_vpc.x.id
}

resource "aws_main_route_table_association" "private" {
  vpc_id         = aws_vpc.x.id
  route_table_id = aws_route_table.private.id
}

resource "aws_default_network_acl" "this" {
  default_network_acl_id = aws_vpc.x.default_network_acl_id

  ingress {
    rule_no    = 10
    action     = "deny"
    protocol   = "udp"
    cidr_block = var.block
    from_port  = 137
    to_port    = 137
  }
  ingress {
    rule_no    = 100
    action     = "allow"
    protocol   = "-1"
    cidr_block = "0.0.0.0/0"
    from_port  = 0
    to_port    = 0
  }
  egress {
    rule_no    = 100
    action     = "allow"
    protocol   = "-1"
    cidr_block = "0.0.0.0/0"
    from_port  = 0
    to_port    = 0
  }
  lifecycle { ignore_changes = [subnet_ids] }
}

# the default group: all its members talk HTTPS to each other (endpoints wear it, and so do workers)
resource "aws_default_security_group" "this" {
  vpc_id = aws_vpc.x.id

  ingress {
    description = "calls to endpoints"
    self        = true
    protocol    = "tcp"
    from_port   = 443
    to_port     = 443
  }
  ingress {
    description = "managed nodes wear the group of the cluster only"
    cidr_blocks = [for s in aws_subnet.x : s.cidr_block]
    protocol    = "tcp"
    from_port   = 443
    to_port     = 443
  }
  egress {
    self      = true
    protocol  = "tcp"
    from_port = 443
    to_port   = 443
  }
}

resource "aws_vpc_endpoint" "i" {
  for_each            = toset(var.endpoints)
  vpc_id              = aws_vpc.x.id
  service_name        = join(".", ["com.amazonaws", var.region, each.value])
  vpc_endpoint_type   = "Interface"
  private_dns_enabled = true
  subnet_ids          = aws_subnet.x.*.id
  # no security_group_ids: AWS takes the VPC's default group
}

resource "aws_vpc_endpoint" "s3" {
  vpc_id          = aws_vpc.x.id
  service_name    = join(".", ["com.amazonaws", var.region, "s3"])
  route_table_ids = [aws_main_route_table_association.private.route_table_id]
}

output "vpc" { value = aws_vpc.x.id }
output "subnets" { value = aws_subnet.x.*.id }
output "default_group" { value = aws_default_security_group.this.id }
