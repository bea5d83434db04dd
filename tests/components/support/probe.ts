/** A container for probe.sh: its own /tmp and termination log, a name, and no time to wait. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Result, World } from "./scripts";

const script = readFileSync(join(__dirname, "../../../components/store/probe.sh"), "utf8");

/**
 * A stand-in for curl. It answers from the files `answer-1`, `answer-2`, ... of the world: a status, and then a
 * body; and like an S3 that does what it is asked where there is no such file.
 */
const curl = `
echo x >> "$WORLD/count"
number=$(wc -l < "$WORLD/count" | tr -d ' ')
cat > "$WORLD/input-$number"
printf '%s\\n' "$@" > "$WORLD/arguments-$number"
previous=""
for argument; do
    case "$previous" in
    --request) method=$argument ;;
    --output) output=$argument ;;
    --data-raw) content=$argument ;;
    esac
    previous=$argument
done
echo "$method $previous" >> "$WORLD/requests"
if [ -e "$WORLD/answer-$number" ]; then
    status=$(sed -n 1p "$WORLD/answer-$number")
    if [ "$status" = 000 ]; then
        sed 1d "$WORLD/answer-$number" >&2
        printf 000
        exit 7
    fi
    sed 1d "$WORLD/answer-$number" > "$output"
    printf '%s' "$status"
    exit 0
fi
: > "$output"
case "$method $previous" in
"PUT "*) printf '%s' "$content" > "$WORLD/object"; printf 200 ;;
"GET "*/crossing-probe-*) cat "$WORLD/object" > "$output"; printf 200 ;;
"DELETE "*) printf 204 ;;
*) printf 200 ;;
esac
`;

export class ProbeWorld extends World {
    /** The termination log: the one place from which Kubernetes shows a message. */
    readonly log = "termination-log";

    constructor({ realCurl = false } = {}) {
        super();
        this.write(
            "probe.sh",
            script
                .replaceAll("/dev/termination-log", `"$WORLD/${this.log}"`)
                .replaceAll("/tmp/", '"$WORLD"/tmp/'),
        );
        this.program("hostname", "echo source-store-x7k2p");
        this.program("sleep", 'echo "$*" >> "$WORLD/sleeps"');
        if (!realCurl) {
            this.program("curl", curl);
        }
    }

    run(more: Record<string, string> = {}): Promise<Result> {
        return this.start([this.path("probe.sh")], {
            ENDPOINT: "http://store:9000",
            BUCKET: "backups",
            REGION: "eu-central-1",
            ACCESS_KEY: "AKIA",
            SECRET_KEY: "hunter2",
            ...more,
        }).result;
    }

    /** How the store answers a request, by its number. */
    answer(number: number, status: number | string, body = ""): void {
        this.write(`answer-${number}`, `${String(status)}\n${body}`);
    }
}
