/**
 * Stand-ins for `docker` and `kind` in a world of files. A node is a file: the first line is its cluster, the second
 * where the owner file that it mounts lies on this machine.
 */
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { World } from "./scripts";

const docker = `
echo "docker $*" >> "$WORLD/calls"
if [ -e "$WORLD/docker-is-down" ]; then
    echo "Cannot connect to the Docker daemon." >&2
    exit 1
fi
case "$1" in
ps)
    for node in "$WORLD"/nodes/*; do
        if [ "label=io.x-k8s.kind.cluster=$(sed -n 1p "$node" 2> /dev/null)" = "$5" ]; then
            basename "$node"
        fi
    done
    ;;
inspect) sed -n 2p "$WORLD/nodes/$2" ;;
*) exit 64 ;;
esac
`;

const kind = `
echo "kind $*" >> "$WORLD/calls"
case "$1 $2" in
"create cluster")
    cat > "$WORLD/config"
    echo "$KIND_EXPERIMENTAL_DOCKER_NETWORK" > "$WORLD/network"
    readlink "$KUBECONFIG" > "$WORLD/kubeconfig-leads-to"
    # As kind does: a lock beside the file, then the file.
    echo lock > "$KUBECONFIG.lock"
    echo "secret" >> "$KUBECONFIG"
    rm "$KUBECONFIG.lock"
    owner="$(sed -n 's/.*"hostPath":"\\(.*\\)","containerPath".*/\\1/p' "$WORLD/config")"
    printf '%s\\n%s\\n' "$4" "$owner" > "$WORLD/nodes/$4-control-plane"
    echo "Creating cluster"
    if [ -e "$WORLD/kind-hangs" ]; then
        echo $$ > "$WORLD/kind-pid"
        exec sleep 60
    fi
    if [ -e "$WORLD/kind-fails" ]; then
        echo "ERROR: failed to create cluster" >&2
        exit 3
    fi
    ;;
"delete cluster")
    for node in "$WORLD"/nodes/*; do
        if [ "$(sed -n 1p "$node")" = "$4" ]; then
            rm "$node"
        fi
    done
    echo "Deleting cluster"
    ;;
"get kubeconfig") echo "kubeconfig of $4" ;;
*) exit 64 ;;
esac
`;

export const clusterName = "crossing-test-source";
export const owner = "crossing/test/5e471e1";
const script = join(__dirname, "../../../components/cluster/kind.sh");

export class KindWorld extends World {
    /** Where the program lies: names like these exist. */
    readonly project = this.path("R&D #1", "crossing");

    constructor() {
        super();
        mkdirSync(this.project, { recursive: true });
        mkdirSync(this.path("nodes"));
        this.program("docker", docker);
        this.program("kind", kind);
    }

    get ownerFile(): string {
        return join(this.project, ".crossing", "owners", clusterName);
    }

    get lock(): string {
        return `${this.ownerFile}.lock`;
    }

    begin(verb: string, more: Record<string, string> = {}, options = {}) {
        const env = {
            CLUSTER: clusterName,
            NODE_IMAGE: "kindest/node:v1.36.1",
            NETWORK: "crossing-test",
            KIND_CONFIG: '{"extraMounts":[{"hostPath":"@OWNER_FILE@","containerPath":"/x"}]}',
            OWNER: owner,
            OWNER_FILE: `.crossing/owners/${clusterName}`,
            ...more,
        };
        return this.start([script, verb], env, { cwd: this.project, ...options });
    }

    run(verb: string, more: Record<string, string> = {}, options = {}) {
        return this.begin(verb, more, options).result;
    }

    /** A node of a cluster, as an earlier run or somebody else made it. */
    node(name: string, source: string, cluster = clusterName): void {
        this.write(`nodes/${name}`, `${cluster}\n${source}\n`);
    }

    /** What is left of a run beside nodes: in the project, and anywhere else. */
    leftovers(): string[] {
        return [...this.files("R&D #1"), ...this.files("tmp"), ...this.files("home")];
    }

    /** What the stand-ins were asked, without the questions for nodes and their mounts. */
    changes(): string[] {
        return this.lines("calls").filter(call => !/^docker (ps|inspect) /.test(call));
    }

    /** The questions for nodes are about this cluster alone, and about the one mount. */
    assertQuestions(): void {
        for (const call of this.lines("calls").filter(line => line.startsWith("docker "))) {
            const ps = `docker ps --all --quiet --filter label=io.x-k8s.kind.cluster=${clusterName}`;
            const inspect =
                /^docker inspect \S+ --format \{\{range \.Mounts\}\}\{\{if eq \.Destination "\/etc\/crossing\/owner"\}\}\{\{\.Source\}\}\{\{end\}\}\{\{end\}\}$/;
            assert.ok(call === ps || inspect.test(call), call);
        }
    }
}
