"""Volunteers who help out in another pool, if they want to."""
