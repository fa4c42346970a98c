"""The audit's chain: linked in order, verified, anchored."""
