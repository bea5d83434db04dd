exec > /tmp/data
# MariaDB's images have no programs of MySQL's names any more.
either() { command -v "$1" || command -v "$2" || { echo "The image has neither $1 nor $2" >&2; return 1; }; }
client="$(either mariadb mysql)"
dump="$(either mariadb-dump mysqldump)"
server=(--host="$DB_HOST" --port="$DB_PORT" --user="$DB_USER")
# Users belong to the server, whose image makes them: its own databases stay behind.
databases="${DATABASES:-$("$client" "${server[@]}" --batch --skip-column-names --execute "SELECT schema_name FROM information_schema.schemata WHERE schema_name NOT IN ('information_schema', 'mysql', 'performance_schema', 'sys')")}"
mapfile -t names <<< "$databases"
options=(--single-transaction --routines --events --triggers --no-tablespaces --add-drop-database)
# MySQL's alone writes what the restoring server would refuse, and MariaDB's does not know the option.
if "$dump" --help | grep set-gtid-purged > /dev/null; then
    options+=(--set-gtid-purged=OFF)
fi
"$dump" "${server[@]}" "${options[@]}" --databases "${names[@]}"
