"""What ``docker compose up`` needs beside docker-compose.yml: secrets, and the database's first start."""
