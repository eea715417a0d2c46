"""What the service does: one function per command or query, a module per topic."""
