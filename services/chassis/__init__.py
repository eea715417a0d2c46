"""What every service stands on. It knows nothing of volunteers, and imports no service."""
