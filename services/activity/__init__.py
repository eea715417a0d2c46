"""Activity: what is done when and where, who wants to take part, and who may. See README.md."""
