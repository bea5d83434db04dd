# How page.sh asks PostgreSQL.
export PGPASSWORD="$PASSWORD"
placed="o.placed AT TIME ZONE 'UTC' AS placed"

query() {
    psql --no-psqlrc --quiet --host=database --username="$USERNAME" --dbname=postgres --set=ON_ERROR_STOP=1 \
        --html --command "$1"
}
