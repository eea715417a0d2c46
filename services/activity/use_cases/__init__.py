"""What activity does: publish, find, enroll, wait in line, invite, and tell the others."""
