"""What notify does: queue messages for events, deliver them, and show them to their readers."""
