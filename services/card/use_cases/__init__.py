"""What card does: offer branches, take applications, route them to a bank, and hear from it how they go."""
