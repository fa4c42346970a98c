"""Looking after the service itself: what failed, what is cleared, what nobody may forget."""
