exec < /tmp/data
either() { command -v "$1" || command -v "$2" || { echo "The image has neither $1 nor $2" >&2; return 1; }; }
client="$(either mariadb mysql)"
admin="$(either mariadb-admin mysqladmin)"
server=(--host="$DB_HOST" --port="$DB_PORT" --user="$DB_USER")
for _ in {1..60}; do
    # It answers also who may not log in.
    if "$admin" "${server[@]}" ping < /dev/null > /dev/null 2>&1; then break; fi
    sleep 5
done
# Ends at the first error.
"$client" "${server[@]}" --batch
