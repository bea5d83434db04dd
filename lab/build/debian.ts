/** Root file systems from Debian's packages: one for the nodes, one for everything that runs in them. */
import { run } from "../exec.ts";
import { contentKey } from "../keys.ts";
import { imageLabel, imagesLock, imageState, pipe } from "./docker.ts";
import type { Step } from "../steps.ts";

interface Root {
    name: string;
    title: string;
    seconds: number;
    packages: string[];
    /** Files that the packages would install and nothing here needs. */
    without?: string[];
    hooks?: string[];
}

const suite = "bookworm";

/** What runs below the containers of a kind node: systemd and containerd. */
export const nodeRoot: Root = {
    name: "node-root",
    title: "Debian root of the nodes",
    seconds: 40,
    packages: [
        ...["systemd", "systemd-sysv", "dbus", "containerd", "runc", "containernetworking-plugins"],
        ...["iptables", "iproute2", "kmod", "mount", "util-linux", "conntrack", "ethtool", "socat"],
        ...["procps", "ebtables", "jq", "rsync", "ipset", "ca-certificates"],
    ],
};

/** What containers are made from: one root, so that its bytes lie once on each node. */
export const debian: Root = {
    name: "debian",
    title: "Debian root of the containers (PostgreSQL, MariaDB, nginx, HAProxy, curl)",
    seconds: 50,
    packages: [
        ...["postgresql-15", "libnss-wrapper", "mariadb-server-core", "mariadb-client-core"],
        ...["nginx-light", "haproxy", "curl", "ca-certificates"],
        // What kube-proxy and the network of the nodes call.
        ...["iptables", "conntrack", "ipset", "kmod", "iproute2"],
    ],
    without: [
        // Just-in-time compilation of queries: 110 MB that PostgreSQL does without when its library is missing.
        ...["/usr/lib/*/libLLVM*", "/usr/lib/postgresql/*/lib/llvmjit*", "*/bitcode/*"],
        // What nobody calls in a container: 20 MB.
        ...["mariadb-upgrade", "mariadb-check", "innochecksum", "resolveip"].map(
            name => `/usr/bin/${name}`,
        ),
    ],
    hooks: [
        "--essential-hook=mkdir -p $1/etc/postgresql-common",
        "--essential-hook=echo create_main_cluster=false > $1/etc/postgresql-common/createcluster.conf",
        // Sockets under any user id, as in the PostgreSQL image that users have.
        "--customize-hook=chmod 3777 $1/var/run/postgresql",
        // Whom MariaDB's image runs its server as. Debian's package makes it with what starts it by systemd.
        "--customize-hook=chroot $1 useradd --system --no-create-home --shell /usr/sbin/nologin mysql",
    ],
};

const documentation = [
    "/usr/share/doc/*",
    "/usr/share/man/*",
    "/usr/share/locale/*",
    "/usr/share/info/*",
];

export async function rootImage(root: Root): Promise<string> {
    return `crossing.lab/${root.name}:${await contentKey([JSON.stringify(root), suite])}`;
}

export function rootStep(root: Root): Step {
    return {
        name: root.title,
        seconds: root.seconds,
        lock: imagesLock,
        state: async () => imageState(await rootImage(root)),
        run: async ({ log }) => {
            const image = await rootImage(root);
            // What comes of half an archive is an image, too: it must not get the name.
            const unfinished = `${image}-unfinished`;
            const excluded = [...documentation, ...(root.without ?? [])];
            await pipe(
                [
                    "mmdebstrap",
                    "--variant=minbase",
                    `--include=${root.packages.join(",")}`,
                    ...excluded.map(path => `--dpkgopt=path-exclude=${path}`),
                    ...(root.hooks ?? []),
                    suite,
                    "-",
                ],
                ["docker", "import", "--change", `LABEL ${imageLabel}=${image}`, "-", unfinished],
                log,
            );
            await run("docker", ["tag", unfinished, image], { log });
            await run("docker", ["image", "rm", unfinished], { log });
        },
    };
}
