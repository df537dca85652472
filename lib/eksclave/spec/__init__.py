"""What the user asked for: a typed, frozen `ClusterSpec`, read from one YAML file per cluster."""
