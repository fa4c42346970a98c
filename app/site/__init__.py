"""What stands at the entrance: who runs the service, and what has to be said to everybody."""
