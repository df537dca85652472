"""Amazon EKS: clusters, node groups, Fargate, add-ons, access entries, pod identity, with states and refusals."""
