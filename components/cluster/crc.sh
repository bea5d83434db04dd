#!/bin/sh
# Starts and stops OpenShift Local (CRC) for a stack: `crc.sh create | show | delete`. Prints the kubeconfig, and
# writes none: CRC would write its contexts into the user's.
#
# A user has one CRC. It is ours if the folder of its machine holds a file that says so, which is written before the
# machine is made and goes with it: whatever a killed run left behind is known as ours, and what somebody else started
# is not. A machine that the end of the stack left behind says whose it was, and is taken up again by the same stack.
#
# Environment: OWNER (`project/stack/id`), KEY (the configuration key, for messages), CPUS, MEMORY (MiB), DISK (GiB),
# PULL_SECRET_FILE (its path: CRC reads it), ON_DESTROY (keep, stop, delete).
set -eu
. "${0%/*}/lock.sh"

command -v crc > /dev/null || fail "\`crc\` is not on the PATH, and \`$KEY\` is to be started by it: install OpenShift Local."

base="$HOME/.crc"
machine="$base/machines/crc"
mark="$machine/crossing-owner"
left="${OWNER%/*} left"
# The number of the `crc start` of a run: it goes on when the run is killed.
starting="$base/crossing-start"

mkdir -p "$base"
# Where CRC insists on writing contexts with tokens.
scratch="$(mktemp -d)"
trap 'release; rm -rf "$scratch"; rmdir "$machine" "$base/machines" "$base" 2> /dev/null || true' EXIT
trap 'exit 1' INT TERM
ln -s /dev/null "$scratch/kubeconfig"
export KUBECONFIG="$scratch/kubeconfig"
hold "$base/crossing-lock" "CRC"

is_crc() {
    case "$(ps -p "$1" -o comm= 2> /dev/null)" in
    crc | */crc) true ;;
    *) false ;;
    esac
}

if started="$(cat "$starting" 2> /dev/null)" && is_crc "$started"; then
    echo "The \`crc start\` of a run that was killed, process $started, is still at work: waiting for its end." >&2
    while is_crc "$started"; do
        sleep 1
    done
fi
rm -f "$starting"

# Whose the machine is: `ours`, `other`, or `none` where there is none.
whose() {
    if [ -f "$mark" ]; then
        case "$(cat "$mark")" in
        "$OWNER" | "$left") echo ours ;;
        *) echo other ;;
        esac
    elif [ -n "$(ls -A "$machine" 2> /dev/null)" ]; then
        echo other
    else
        echo none
    fi
}

# CRC writes the first of these once a machine is made, and the second once it has run.
is_made() {
    [ -e "$machine/.crc-exist" ] || [ -e "$machine/kubeconfig" ]
}

# Its standard output ends with the administrator's password.
start() {
    crc start --cpus "$CPUS" --memory "$MEMORY" --disk-size "$DISK" --pull-secret-file "$1" \
        < /dev/null > /dev/null &
    echo $! > "$starting"
    status=0
    wait $! || status=$?
    rm -f "$starting"
    if [ $status -ne 0 ]; then
        is_made || rm -f "$mark"
        fail "\`crc start\` failed for \`$KEY\`: see what it says above, put it right, and run \`pulumi up\` again, which goes on with it."
    fi
}

stop() {
    crc status --output json 2> /dev/null | grep -q '"crcStatus": *"Stopped"' || crc stop --force < /dev/null >&2
}

show() {
    [ -s "$machine/kubeconfig" ] || fail "CRC has written no kubeconfig to \`$machine/kubeconfig\`: look at what \`crc status\` says."
    cat "$machine/kubeconfig"
}

owner="$(whose)"
case "$1" in
create)
    [ "$owner" != other ] || fail "A CRC is there that this stack did not start. Set \`start: false\` in \`$KEY\` to adopt it as it is, or remove it by \`crc delete\`."
    case "$PULL_SECRET_FILE" in
    "~/"*) secret="$HOME/${PULL_SECRET_FILE#??}" ;;
    *) secret="$PULL_SECRET_FILE" ;;
    esac
    [ -f "$secret" ] && [ -r "$secret" ] || fail "\`$KEY.pullSecretFile\` names \`$PULL_SECRET_FILE\`, which cannot be read: give the path of the pull secret's file, relative to the folder of Pulumi.yaml."
    crc setup < /dev/null >&2
    mkdir -p "$machine"
    printf '%s' "$OWNER" > "$mark"
    start "$secret"
    show
    ;;
show)
    [ "$owner" = ours ] || fail "The CRC that this stack started is gone, with all that was in it: take that out of the state by \`pulumi state delete --target-dependents\` with the URN of its Command, and run \`pulumi up\` again."
    show
    ;;
delete)
    if [ "$owner" = other ]; then
        echo "The CRC that is there was not started by this stack: it stays as it is." >&2
    elif [ "$owner" = ours ] && ! is_made; then
        rm -f "$mark"
        [ -z "$(ls -A "$machine")" ] || echo "What is left of a CRC that was never finished lies in \`$machine\`: \`crc cleanup\` removes it." >&2
    elif [ "$owner" = ours ]; then
        case "$ON_DESTROY" in
        keep) printf '%s' "$left" > "$mark" ;;
        stop)
            stop
            printf '%s' "$left" > "$mark"
            ;;
        delete)
            crc delete --force < /dev/null >&2
            rm -f "$mark"
            ;;
        esac
    fi
    ;;
esac
