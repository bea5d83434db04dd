/**
 * A stand-in for `crc` in a world of files: a machine is the folder `~/.crc/machines/crc`, as CRC's own sources have
 * it. What it prints at the end of `start` is what CRC prints: the administrator's password.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { World } from "./scripts";

const crc = `
machine="$HOME/.crc/machines/crc"
echo "crc $*" >> "$WORLD/calls"
state() { cat "$WORLD/state" 2> /dev/null || echo none; }
case "$1" in
setup)
    echo "Setup is complete"
    if [ -e "$WORLD/setup-fails" ]; then
        echo "virtualization is not enabled" >&2
        exit 2
    fi
    ;;
start)
    readlink "$KUBECONFIG" > "$WORLD/kubeconfig-leads-to"
    echo "contexts" >> "$KUBECONFIG"
    cat "$machine/crossing-owner" > "$WORLD/owner-at-start"
    if [ -e "$WORLD/start-fails-early" ]; then
        echo "not enough memory" >&2
        exit 3
    fi
    mkdir -p "$machine"
    echo "disk" > "$machine/crc.qcow2"
    echo "INFO Creating CRC VM" >&2
    echo $$ > "$WORLD/crc-pid"
    while [ -e "$WORLD/start-hangs" ]; do sleep 0.05; done
    if [ -e "$WORLD/start-fails" ]; then
        echo "Error creating machine" >&2
        exit 3
    fi
    : > "$machine/.crc-exist"
    echo "Running" > "$WORLD/state"
    echo "kubeconfig of crc" > "$machine/kubeconfig"
    echo "Username: kubeadmin"
    echo "Password: hunter2"
    ;;
status)
    [ "$(state)" != none ] || { echo '{"success":false,"error":"Machine does not exist"}'; exit 1; }
    echo '{"success":true,"crcStatus":"'"$(state)"'","openshiftStatus":"Running"}'
    ;;
stop)
    if [ "$(state)" != Running ]; then
        echo "Cannot stop machine" >&2
        exit 1
    fi
    echo "Stopped" > "$WORLD/state"
    echo "Stopped the instance"
    ;;
delete)
    rm -r "$machine" "$WORLD/state"
    echo "Deleted the instance"
    ;;
*) exit 64 ;;
esac
`;

export const owner = "crossing/test/5e471e1";
const script = `${__dirname}/../../../components/cluster/crc.sh`;

export class CrcWorld extends World {
    readonly machine = this.path("home", ".crc", "machines", "crc");
    readonly mark = `${this.machine}/crossing-owner`;
    readonly lock = this.path("home", ".crc", "crossing-lock");

    constructor() {
        super();
        this.program("crc", crc);
        this.write("pull-secret.json", '{"auths":"hunter3"}');
    }

    begin(verb: string, more: Record<string, string> = {}, options = {}) {
        const env = {
            OWNER: owner,
            KEY: "crossing:target",
            CPUS: "6",
            MEMORY: "16384",
            DISK: "60",
            PULL_SECRET_FILE: "pull-secret.json",
            ON_DESTROY: "stop",
            ...more,
        };
        return this.start([script, verb], env, options);
    }

    run(verb: string, more: Record<string, string> = {}, options = {}) {
        return this.begin(verb, more, options).result;
    }

    /** A machine that is there: running, and with an owner's text if anybody wrote one. */
    made(text?: string, state = "Running"): void {
        mkdirSync(this.machine, { recursive: true });
        writeFileSync(`${this.machine}/.crc-exist`, "");
        writeFileSync(`${this.machine}/kubeconfig`, "kubeconfig of crc\n");
        this.write("state", `${state}\n`);
        if (text !== undefined) {
            this.owned(text);
        }
    }

    /** A file that says whose the machine is, as an earlier run wrote it. */
    owned(text = owner): void {
        mkdirSync(dirname(this.mark), { recursive: true });
        writeFileSync(this.mark, text);
    }

    get markText(): string {
        return readFileSync(this.mark, "utf8");
    }

    get state(): string {
        return this.read("state").trim();
    }

    /** What the stand-in was asked to do, without questions. */
    changes(): string[] {
        return this.lines("calls").filter(call => !call.startsWith("crc status"));
    }

    /** What is left of a run outside of the machine's folder. */
    leftovers(): string[] {
        return [...this.files("home"), ...this.files("tmp")].filter(
            name => !name.startsWith(".crc/machines/crc/"),
        );
    }
}
