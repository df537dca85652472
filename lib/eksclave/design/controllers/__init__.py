"""The controllers that the workloads stack runs, one module each: arguments, RBAC, objects that they need."""
