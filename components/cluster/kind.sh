#!/bin/sh
# Makes and removes one kind cluster of a stack: `kind.sh create | show | delete`. Prints the kubeconfig, and
# writes none: not the user's, and none to a file.
#
# A cluster is ours if its nodes mount a file that says so, which is written before the nodes are made: whatever
# a killed run left behind is known as ours, and what carries the same name by chance is not.
#
# Environment: CLUSTER, NODE_IMAGE, NETWORK, KIND_CONFIG, OWNER (what the file says), OWNER_FILE (its path).
set -eu
. "${0%/*}/lock.sh"

for tool in docker kind; do
    command -v $tool > /dev/null || fail "\`$tool\` is not on the PATH, and a kind cluster needs it: install it."
done

mkdir -p "$(dirname "$OWNER_FILE")"
folder="$(cd "$(dirname "$OWNER_FILE")" && pwd)"
OWNER_FILE="$folder/$(basename "$OWNER_FILE")"
# kind insists on writing a kubeconfig; here it writes to the null device, by a link whose lock is ours alone.
scratch="$(mktemp -d)"
trap 'release; rm -rf "$scratch"; rmdir "$folder" "${folder%/*}" 2> /dev/null || true' EXIT
trap 'exit 1' INT TERM
ln -s /dev/null "$scratch/kubeconfig"
export KUBECONFIG="$scratch/kubeconfig"

# The kind of a run that was killed may still work, and would clean up what we make.
hold "$OWNER_FILE.lock" "the kind cluster \`$CLUSTER\`"

# An answer that does not come must not look like an empty world.
nodes="$(docker ps --all --quiet --filter "label=io.x-k8s.kind.cluster=$CLUSTER")" ||
    fail "Docker does not answer, so that nobody knows of the kind cluster \`$CLUSTER\`: start Docker and try again."

# Whether all nodes mount a file that holds our owner text.
ours() {
    for node in $nodes; do
        source="$(docker inspect "$node" --format \
            '{{range .Mounts}}{{if eq .Destination "/etc/crossing/owner"}}{{.Source}}{{end}}{{end}}')"
        [ -n "$source" ] && [ "$(cat "$source" 2> /dev/null)" = "$OWNER" ] || return 1
    done
}

remove() {
    [ -z "$nodes" ] || kind delete cluster --name "$CLUSTER" >&2
}

case "$1" in
create)
    ours || fail "A kind cluster named \`$CLUSTER\` exists that this stack did not make. Delete it, or set \`crossing:name\` to another name."
    remove
    printf '%s' "$OWNER" > "$OWNER_FILE"
    # As JSON has it, and then as sed has it.
    path="$(printf '%s' "$OWNER_FILE" | sed 's/[\\"]/\\&/g' | sed 's/[\\&#]/\\&/g')"
    # This network and no other: kind would use, and make, one that all clusters of the machine share.
    printf '%s' "$KIND_CONFIG" | sed "s#@OWNER_FILE@#$path#g" |
        KIND_EXPERIMENTAL_DOCKER_NETWORK="$NETWORK" kind create cluster \
            --name "$CLUSTER" --image "$NODE_IMAGE" --config - --wait 3m >&2
    kind get kubeconfig --name "$CLUSTER"
    ;;
show)
    kind get kubeconfig --name "$CLUSTER"
    ;;
delete)
    if ours; then
        remove
        rm -f "$OWNER_FILE"
    else
        echo "The kind cluster \`$CLUSTER\` is not of this stack: it stays as it is." >&2
    fi
    ;;
esac
