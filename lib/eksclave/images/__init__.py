"""Every image that will run: found, locked by digest, copied into the account's ECR, and checked there."""
