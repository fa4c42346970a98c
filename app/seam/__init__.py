"""From rows to `matching.Problem` and back: what crosses the seam is integers only."""
