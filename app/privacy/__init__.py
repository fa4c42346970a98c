"""What the law gives people over their data: export, erasure, retention, records of processing."""
