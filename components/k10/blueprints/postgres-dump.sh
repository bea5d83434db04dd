exec > /tmp/data
ask() { psql --no-psqlrc --quiet --tuples-only --no-align --set ON_ERROR_STOP=1 "$@"; }
# Roles belong to the server, not to a database. Some are there already: one restores, and keeps its password, by which
# it goes on to the next database.
superuser="$(ask --command "SELECT rolsuper FROM pg_roles WHERE rolname = current_user")"
if [ "$superuser" = t ]; then
    self="$(ask --command "SELECT quote_ident(current_user)")"
    pg_dumpall --roles-only |
        grep -v -F "ALTER ROLE $self WITH " |
        sed -E 's/^CREATE ROLE (.*);$/DO $crossing$BEGIN CREATE ROLE \1; EXCEPTION WHEN duplicate_object THEN NULL; END$crossing$;/'
fi
databases="${DATABASES:-$(ask --command "SELECT datname FROM pg_database WHERE datallowconn AND NOT datistemplate ORDER BY 1")}"
while IFS= read -r database; do
    ask --set "name=$database" << 'SQL'
SELECT format('SELECT %L WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = %L) \gexec',
        format('CREATE DATABASE %I OWNER %I', datname, pg_get_userbyid(datdba)), datname)
    || E'\n' || format('\connect %I', datname)
    FROM pg_database WHERE datname = :'name';
SQL
    PGDATABASE="$database" pg_dump --clean --if-exists
done <<< "$databases"
