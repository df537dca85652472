"""Terraform artefacts (plans, states, synthesized stacks) read into one world of resources; its binary run."""
