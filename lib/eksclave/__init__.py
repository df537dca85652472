"""eksclave: fully private Amazon EKS clusters from one spec, and the proof that they boot."""
