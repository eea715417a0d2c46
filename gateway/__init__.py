"""HTTP in front of the services: it knows routes, schemas and errors, and no tables. See README.md."""
