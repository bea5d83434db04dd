exec > /tmp/data
secret() { printf "password: '%s'\n" "${DB_PASSWORD//\'/\'\'}"; }
server=(--host="$DB_HOST" --port="$DB_PORT" --username="$DB_USER" --authenticationDatabase=admin --quiet)
# A replica set has an oplog, by which the dump is of one moment. A server alone has none.
name="$(mongosh --quiet --host "$DB_HOST" --port "$DB_PORT" --eval 'db.hello().setName ?? ""' < /dev/null)"
if [ -n "$name" ]; then
    echo oplog
    mongodump "${server[@]}" --config=<(secret) --archive --oplog
else
    echo plain
    mongodump "${server[@]}" --config=<(secret) --archive
fi
