terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

provider "aws" {
  region                      = "eu-central-1"
  access_key                  = "x"
  secret_key                  = "x"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  skip_metadata_api_check     = true
}

resource "aws_vpc" "this" {
  for_each             = local.vpcs
  cidr_block           = each.value.cidr
  enable_dns_support   = true
  enable_dns_hostnames = true
  tags                 = { Name = each.key }
}

locals {
  vpc_ids = { for name, vpc in aws_vpc.this : name => vpc.id }
}

resource "aws_subnet" "this" {
  for_each          = local.subnets
  vpc_id            = local.vpc_ids[each.value.vpc]
  availability_zone = "${local.region}${each.value.zone}"
  cidr_block        = each.value.cidr
  tags              = merge({ Name = each.key }, each.value.path == "spoke/nodes" ? { "kubernetes.io/role/internal-elb" = "1" } : {})
}

resource "aws_route_table" "this" {
  for_each = local.tiers
  vpc_id   = local.vpc_ids[each.value.vpc]
  tags     = { Name = each.key }
}

resource "aws_route_table_association" "this" {
  for_each       = local.subnets
  subnet_id      = aws_subnet.this[each.key].id
  route_table_id = aws_route_table.this[each.value.path].id
}

locals {
  # "spoke/nodes" -> ids
  ids = { for path in keys(local.tiers) : path => [for zone in local.zones : aws_subnet.this["${path}/${zone}"].id] }
}

# --- transit gateway: one table, everybody associated and propagated ---

resource "aws_ec2_transit_gateway" "core" {
  description                     = "core"
  default_route_table_association = "disable"
  default_route_table_propagation = "disable"
  dns_support                     = "enable"
}

resource "aws_ec2_transit_gateway_vpc_attachment" "this" {
  for_each                                        = local.vpcs
  transit_gateway_id                              = aws_ec2_transit_gateway.core.id
  vpc_id                                          = local.vpc_ids[each.key]
  subnet_ids                                      = local.ids["${each.key}/tgw"]
  transit_gateway_default_route_table_association = false
  transit_gateway_default_route_table_propagation = false
}

resource "aws_ec2_transit_gateway_route_table" "core" {
  transit_gateway_id = aws_ec2_transit_gateway.core.id
}

resource "aws_ec2_transit_gateway_route_table_association" "this" {
  for_each                       = aws_ec2_transit_gateway_vpc_attachment.this
  transit_gateway_attachment_id  = each.value.id
  transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table.core.id
}

resource "aws_ec2_transit_gateway_route_table_propagation" "this" {
  for_each                       = { for name, a in aws_ec2_transit_gateway_vpc_attachment.this : name => a.id }
  transit_gateway_attachment_id  = each.value
  transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table.core.id
}

resource "aws_route" "across" {
  for_each               = local.crossings
  route_table_id         = aws_route_table.this[each.key].id
  destination_cidr_block = local.vpcs[each.value].cidr
  transit_gateway_id     = aws_ec2_transit_gateway.core.id
  depends_on             = [aws_ec2_transit_gateway_vpc_attachment.this]
}

# --- the endpoints of the hub ---

resource "aws_security_group" "this" {
  for_each    = { endpoints = "Interface endpoints", ops = "Jump host" }
  name        = "hub-${each.key}"
  description = each.value
  vpc_id      = local.vpc_ids["hub"]
}

locals {
  groups = { for name, g in aws_security_group.this : name => g.id }
  admitted = {
    spoke = [local.vpcs.spoke.cidr]
    hub   = [local.vpcs.hub.tiers.ops]
  }
}

resource "aws_security_group_rule" "admitted" {
  for_each          = local.admitted
  type              = "ingress"
  security_group_id = local.groups["endpoints"]
  cidr_blocks       = each.value
  protocol          = "tcp"
  from_port         = 443
  to_port           = 443
}

resource "aws_security_group_rule" "ops" {
  type              = "egress"
  security_group_id = local.groups["ops"]
  cidr_blocks       = ["10.0.0.0/8"]
  protocol          = "tcp"
  from_port         = 443
  to_port           = 443
}

resource "aws_network_acl" "endpoints" {
  vpc_id     = local.vpc_ids["hub"]
  subnet_ids = local.ids["hub/endpoints"]

  dynamic "ingress" {
    for_each = { for i, name in ["hub", "spoke"] : name => 100 + i }
    content {
      rule_no    = ingress.value
      action     = "allow"
      protocol   = "tcp"
      cidr_block = local.vpcs[ingress.key].cidr
      from_port  = 443
      to_port    = 443
    }
  }

  dynamic "egress" {
    for_each = { for i, name in ["hub", "spoke"] : name => 100 + i }
    content {
      rule_no    = egress.value
      action     = "allow"
      protocol   = "tcp"
      cidr_block = local.vpcs[egress.key].cidr
      from_port  = 1024
      to_port    = 65535
    }
  }
}

resource "aws_vpc_endpoint" "hub" {
  for_each            = local.services
  vpc_id              = local.vpc_ids["hub"]
  service_name        = "com.amazonaws.${local.region}.${each.key}"
  vpc_endpoint_type   = "Interface"
  private_dns_enabled = false
  subnet_ids          = local.ids["hub/endpoints"]
  security_group_ids  = [local.groups["endpoints"]]
}

module "names" {
  source = "./names"
  zones = { for service, name in local.services : service => {
    name     = name
    target   = one(slice(aws_vpc_endpoint.hub[service].dns_entry, 0, 1))
    wildcard = contains(local.wildcards, service)
  } }
  vpc_ids = [for name in local.names_in : local.vpc_ids[name]]
}

resource "aws_vpc_endpoint" "s3" {
  vpc_id          = local.vpc_ids["spoke"]
  service_name    = "com.amazonaws.${local.region}.s3"
  route_table_ids = [for path in ["spoke/nodes"] : aws_route_table.this[path].id]
}

# --- the cluster of the spoke ---

module "eks" {
  source          = "./eks"
  name            = "spoke"
  control_subnets = local.ids["spoke/control"]
  node_subnets    = local.ids["spoke/nodes"]
  operators       = { ops = local.vpcs.hub.tiers.ops }

  depends_on = [
    module.names,
    aws_route.across,
    aws_route_table_association.this,
    aws_security_group_rule.admitted,
    aws_vpc_endpoint.s3,
    aws_network_acl.endpoints,
    aws_ec2_transit_gateway_route_table_association.this,
    aws_ec2_transit_gateway_route_table_propagation.this,
  ]
}

# --- the jump host of the hub ---

resource "aws_iam_role" "ops" {
  name               = "ops"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}

resource "aws_iam_role_policy_attachment" "ops" {
  role       = aws_iam_role.ops.id
  policy_arn = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"
}

resource "aws_iam_instance_profile" "ops" {
  name = "ops"
  role = aws_iam_role.ops.id
}

resource "aws_instance" "ops" {
  ami                    = "ami-0cccccccccccccccc"
  instance_type          = "t4g.small"
  subnet_id              = local.ids["hub/ops"][0]
  vpc_security_group_ids = [local.groups["ops"]]
  iam_instance_profile   = aws_iam_instance_profile.ops.id
  tags                   = { Name = "ops-jump" }
}
