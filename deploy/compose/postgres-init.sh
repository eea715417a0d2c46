#!/bin/bash
# Run once by the PostgreSQL image, on an empty data volume: a role and a database for each service, and no way for
# a role into another's database. deploy/local/postgres.py does the same for ./dev up; a test compares the outcome.
set -euo pipefail

for service in identity organization activity attendance card notify; do
    password="ZHIYUAN_DATABASE_PASSWORD_${service^^}"
    psql --quiet --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
        --set name="zhiyuan_$service" --set password="${!password}" <<'SQL'
CREATE ROLE :"name" LOGIN PASSWORD :'password';
CREATE DATABASE :"name" OWNER :"name";
REVOKE CONNECT, TEMPORARY ON DATABASE :"name" FROM PUBLIC;
\connect :"name"
CREATE EXTENSION pg_trgm;
CREATE EXTENSION ltree;
SQL
done
