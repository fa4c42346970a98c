"""What the state programme sees: suppressed sums across sponsors, no persons."""
