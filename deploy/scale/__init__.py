"""A province on file: rows for a whole province, and how quickly the services find their way in them."""
