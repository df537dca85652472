"""Roles, policies and who may join."""
