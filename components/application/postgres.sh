#!/bin/bash
# Starts PostgreSQL under whatever user id the cluster gives, over whatever user id last wrote the volume:
# OpenShift gives each namespace ids of its own, and a restored volume keeps those of the source.
set -eu

if [ "$(id -u)" = 0 ]; then
    # Plain Kubernetes runs the image as root, which PostgreSQL refuses. Group 0 is the group that arbitrary
    # user ids are in everywhere, so they can read what is written here.
    chown postgres:root "$VOLUME"
    chmod g+w "$VOLUME"
    exec setpriv --reuid=postgres --regid=root --clear-groups bash "$0"
fi

export PGDATA="$VOLUME/pgdata"

if ! id -un > /dev/null 2>&1; then
    # initdb wants its user to have a name.
    export NSS_WRAPPER_PASSWD=/tmp/passwd NSS_WRAPPER_GROUP=/etc/group
    echo "postgres:x:$(id -u):0:PostgreSQL:/tmp:/bin/false" > /tmp/passwd
    LD_PRELOAD="$(find /usr/lib -name libnss_wrapper.so | head -n 1)"
    export LD_PRELOAD
fi

# PostgreSQL insists on owning its files: what another user id wrote is copied, once.
if [ ! -e "$PGDATA" ] && [ -e "$PGDATA.mine" ]; then
    mv "$PGDATA.mine" "$PGDATA"
elif [ -e "$PGDATA" ] && [ ! -O "$PGDATA" ]; then
    echo "The data directory belongs to user $(stat -c %u "$PGDATA"): copying it for user $(id -u)."
    rm -rf "$PGDATA.mine"
    cp --recursive --preserve=timestamps "$PGDATA" "$PGDATA.mine"
    chmod -R u=rwX,g=rX,o= "$PGDATA.mine"
    mv "$PGDATA" "$PGDATA.of-$(stat -c %u "$PGDATA")"
    mv "$PGDATA.mine" "$PGDATA"
fi

if [ ! -e "$PGDATA/PG_VERSION" ]; then
    rm -rf "$PGDATA"
    initdb --username="$USERNAME" --pwfile=<(printf '%s' "$PASSWORD") --encoding=UTF8 --locale=C.UTF-8 \
        --auth-local=trust --auth-host=scram-sha-256 --allow-group-access
    {
        echo "listen_addresses = '*'"
        echo "unix_socket_directories = '/tmp'"
    } >> "$PGDATA/postgresql.conf"
    echo "host all all all scram-sha-256" >> "$PGDATA/pg_hba.conf"
fi

# Kubernetes opens a volume to its fsGroup at every start; PostgreSQL refuses a group that may write.
chmod u=rwx,g=rx,o= "$PGDATA"
exec postgres
