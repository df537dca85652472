"""Load balancers, file systems and other networks at the edge."""
