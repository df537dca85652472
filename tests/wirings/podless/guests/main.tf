variable "group" {}
variable "guests" { type = map(string) }

resource "aws_vpc_security_group_ingress_rule" "https" {
  for_each                     = var.guests
  security_group_id            = var.group
  referenced_security_group_id = each.value
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443
  description                  = "${each.key} calls AWS"
}
