"""Travel minutes: the built-in model, and routing services asked over HTTP."""
