"""The facts that a snapshot holds, one file per group of nouns; `eksclave.reach.snapshot` gathers them."""
