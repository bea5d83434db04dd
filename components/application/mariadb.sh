#!/bin/bash
# Starts MariaDB under whatever user id the cluster gives. It writes for its group, too: a restored volume keeps the
# owner that it had at the source, and group 0, which arbitrary user ids are in everywhere, or the namespace's
# fsGroup, which Kubernetes gives it, is what the next user id shares with it.
set -eu

if [ "$(id -u)" = 0 ]; then
    # Plain Kubernetes runs the image as root, which MariaDB refuses.
    chown mysql:root "$VOLUME"
    chmod g+w "$VOLUME"
    exec setpriv --reuid=mysql --regid=root --clear-groups bash "$0"
fi

export UMASK=0660 UMASK_DIR=0770
umask 007
data="$VOLUME/mariadb"

if [ ! -e "$data" ]; then
    # Killed halfway, it begins anew.
    rm -rf "$data.new"
    # The password comes by a file that nobody else may read, and that is gone again.
    setup="$(mktemp)"
    cat > "$setup" << SQL
FLUSH PRIVILEGES;
CREATE DATABASE shop CHARACTER SET utf8mb4;
CREATE USER '$USERNAME'@'%' IDENTIFIED BY '$PASSWORD';
GRANT ALL ON *.* TO '$USERNAME'@'%';
SQL
    # It would look its host's name up, which a pod need not have.
    mariadb-install-db --no-defaults --datadir="$data.new" --innodb-log-file-size=16M --force --skip-test-db \
        --extra-file="$setup"
    rm "$setup"
    chmod u=rwx,g=rwx,o= "$data.new"
    mv "$data.new" "$data"
fi

exec mariadbd --no-defaults --datadir="$data" --tmpdir=/tmp --socket=/tmp/mariadb.sock --pid-file=/tmp/mariadb.pid \
    --innodb-log-file-size=16M --skip-name-resolve --character-set-server=utf8mb4
