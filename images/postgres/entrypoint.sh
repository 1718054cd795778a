#!/usr/bin/env bash
# Starts PostgreSQL; on an empty PGDATA it makes the database first. Understands POSTGRES_USER, POSTGRES_DB,
# POSTGRES_PASSWORD, POSTGRES_PASSWORD_FILE, POSTGRES_INITDB_ARGS and /docker-entrypoint-initdb.d like the official image.
set -euo pipefail
[ "${1:0:1}" != "-" ] || set -- postgres "$@"

# Built beside PGDATA (a folder inside the volume) and renamed at the end: a run that is killed half-way leaves nothing that
# looks complete.
create_database() {
  local user=${POSTGRES_USER:-postgres} database password new=$PGDATA.new
  database=${POSTGRES_DB:-$user}
  if [ -n "${POSTGRES_PASSWORD_FILE:-}" ]; then
    password=$(<"$POSTGRES_PASSWORD_FILE")
  else
    password=${POSTGRES_PASSWORD:-}
  fi
  if [ -z "$password" ]; then
    echo "postgres: no password. fix: set POSTGRES_PASSWORD_FILE (or POSTGRES_PASSWORD)" >&2
    exit 1
  fi
  rm -rf "$new"
  # shellcheck disable=SC2086 # several arguments in one variable, as in the official image
  initdb -D "$new" --username="$user" --pwfile=<(printf '%s\n' "$password") --encoding=UTF8 --auth-local=trust \
    --auth-host=scram-sha-256 ${POSTGRES_INITDB_ARGS:-}
  echo 'host all all all scram-sha-256' >>"$new/pg_hba.conf"
  pg_ctl -D "$new" -w -o "-c listen_addresses=''" start
  local sql=(psql -v ON_ERROR_STOP=1 --no-psqlrc --username="$user")
  [ "$database" = postgres ] ||
    "${sql[@]}" --dbname=postgres --set=name="$database" <<<'CREATE DATABASE :"name"' >/dev/null
  local file
  for file in /docker-entrypoint-initdb.d/*; do
    case $file in
      *.sql) "${sql[@]}" --dbname="$database" --file="$file" ;;
      *.sh) bash "$file" ;;
    esac
  done
  pg_ctl -D "$new" -m fast -w stop
  mv -T "$new" "$PGDATA"
}

if [ "$1" = postgres ] && [ ! -s "$PGDATA/PG_VERSION" ]; then
  create_database
fi
exec "$@"
