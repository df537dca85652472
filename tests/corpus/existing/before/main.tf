# The network of `existing`: applied first, its state is given beside the plan.

terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

provider "aws" {
  region                      = "ca-central-1"
  access_key                  = "none"
  secret_key                  = "none"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_region_validation      = true
}

resource "aws_vpc" "shared" {
  cidr_block           = "10.200.0.0/16"
  enable_dns_hostnames = true
  tags                 = { Name = "shared" }
}

resource "aws_subnet" "private" {
  for_each          = { ca-central-1a = "10.200.0.0/19", ca-central-1b = "10.200.32.0/19" }
  vpc_id            = aws_vpc.shared.id
  availability_zone = each.key
  cidr_block        = each.value
  tags              = { tier = "private", "kubernetes.io/role/internal-elb" = "1" }
}

resource "aws_route_table" "private" {
  for_each = aws_subnet.private
  vpc_id   = aws_vpc.shared.id
  tags     = { tier = "private" }
}

resource "aws_route_table_association" "private" {
  for_each       = aws_subnet.private
  subnet_id      = each.value.id
  route_table_id = aws_route_table.private[each.key].id
}
