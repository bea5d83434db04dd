# For scripts that work on one thing at a time: `. lock.sh`, then `hold LOCK WHAT`. Whoever holds it lets it go by
# `release` in a trap.

fail() {
    echo "$*" >&2
    exit 1
}

held=""
# hold LOCK WHAT: waits for the end of another run that works on WHAT. After a kill, the old one may still be there.
# The lock is a link to nowhere, made together with the number of the process that holds it: no kill can come between.
hold() {
    lock="$1"
    told=""
    until ln -s $$ "$lock" 2> /dev/null; do
        holder="$(readlink "$lock" || echo "")"
        if [ -z "$holder" ]; then
            # The other run has just ended, and has perhaps taken the empty folder with it.
            mkdir -p "${lock%/*}"
            [ -w "${lock%/*}" ] || fail "\`${lock%/*}\` cannot be written to: give your user the right to."
        elif kill -0 "$holder" 2> /dev/null; then
            [ -n "$told" ] || echo "Another run, process $holder, is at work on $2: waiting for its end." >&2
            told=yes
            sleep 1
        else
            rm -f "$lock"
        fi
    done
    held=yes
}

release() {
    [ -z "$held" ] || rm -f "$lock"
}
