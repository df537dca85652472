variable "name" {}
variable "spec" { type = object({ type = string, size = number, labels = string }) }
variable "subnets" {}
variable "groups" {}
variable "profile" {}
variable "cluster" {}

resource "aws_launch_template" "t" {
  name_prefix   = "${var.name}-"
  image_id      = "ami-0aaaaaaaaaaaaaaaa"
  instance_type = var.spec.type
  user_data     = base64encode(templatefile("${path.module}/node.yaml.tftpl", { cluster = var.cluster, labels = var.spec.labels }))

  iam_instance_profile {
    arn = var.profile
  }

  network_interfaces {
    device_index                = 0
    associate_public_ip_address = false
    security_groups             = var.groups
    delete_on_termination       = true
  }

  metadata_options {
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
  }
}

resource "aws_autoscaling_group" "g" {
  name_prefix         = "${var.name}-"
  vpc_zone_identifier = var.subnets
  min_size            = 0
  max_size            = var.spec.size * 2
  desired_capacity    = var.spec.size

  mixed_instances_policy {
    launch_template {
      launch_template_specification {
        launch_template_id = aws_launch_template.t.id
        version            = aws_launch_template.t.latest_version
      }
    }
  }

  dynamic "tag" {
    for_each = { Name = var.name, "kubernetes.io/cluster/${var.cluster.name}" = "owned" }
    content {
      key                 = tag.key
      value               = tag.value
      propagate_at_launch = true
    }
  }
}
