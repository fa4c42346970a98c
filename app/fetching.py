"""Fetching from addresses that people give, guarded against reaching inside."""
