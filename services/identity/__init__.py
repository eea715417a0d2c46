"""Identity: who somebody is, proves to be, and how they sign in. See README.md."""
