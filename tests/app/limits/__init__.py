"""How much is taken in, how often, and what hostile input can do: nothing."""
