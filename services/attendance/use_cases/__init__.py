"""What attendance does: show codes, take scans and supplements, keep the hours, disclose them, hear objections."""
