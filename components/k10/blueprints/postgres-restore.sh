exec < /tmp/data
for _ in {1..60}; do
    if pg_isready --quiet; then break; fi
    sleep 5
done
psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 > /dev/null
