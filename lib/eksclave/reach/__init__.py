"""AWS network semantics: a snapshot of facts goes in, traces come out. Nothing here knows Terraform."""
