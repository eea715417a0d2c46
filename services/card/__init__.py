"""Card: branch contacts, applications for the volunteer card, and what passes between the platform and the banks."""
