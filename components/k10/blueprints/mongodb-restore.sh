exec < /tmp/data
secret() { printf "password: '%s'\n" "${DB_PASSWORD//\'/\'\'}"; }
server=(--host="$DB_HOST" --port="$DB_PORT" --username="$DB_USER" --authenticationDatabase=admin --quiet)
read -r kind
for _ in {1..60}; do
    primary="$(mongosh --quiet --host "$DB_HOST" --port "$DB_PORT" --eval 'db.hello().isWritablePrimary' < /dev/null 2> /dev/null || true)"
    if [ "$primary" = true ]; then break; fi
    sleep 5
done
options=(--archive --drop --stopOnError --nsExclude='config.*')
if [ "$kind" = oplog ]; then
    options+=(--oplogReplay)
fi
mongorestore "${server[@]}" --config=<(secret) "${options[@]}"
