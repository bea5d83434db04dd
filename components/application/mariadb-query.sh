# How page.sh asks MariaDB.
export MYSQL_PWD="$PASSWORD"
placed="o.placed"

query() {
    mariadb --no-defaults --host=database --user="$USERNAME" --database=shop --default-character-set=utf8mb4 \
        --init-command="SET time_zone = '+00:00'" --html --execute "$1"
}
