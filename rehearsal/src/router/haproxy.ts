/**
 * HAProxy's configuration. Its layout follows OpenShift's own (github.com/openshift/router,
 * images/router/haproxy/conf/haproxy-config.template): one frontend for HTTP; one for TLS that looks at the name in
 * the handshake, passes through what is to pass, and gives the rest to a third, which terminates TLS.
 */
import type { Verdict } from "./decide";
import { authorityFile, listFile } from "./files";
import { serversOf } from "./servers";
import type { EndpointSlice, Route } from "./types";

type Served = Pick<Verdict, "route" | "host">;

const prefixes = {
    none: "be_http",
    edge: "be_edge_http",
    reencrypt: "be_secure",
    passthrough: "be_tcp",
};

const termination = ({ spec }: Route) => spec.tls?.termination ?? "none";
const insecure = ({ spec }: Route) => spec.tls?.insecureEdgeTerminationPolicy || "None";

/** `be_edge_http:shop:web`, as OpenShift names it. */
const backendOf = (route: Route) =>
    `${prefixes[termination(route)]}:${route.metadata.namespace}:${route.metadata.name}`;

/**
 * @param served the routes that are admitted
 * @param folder what proxy and controller share: absolute, without a slash at its end
 */
export function haproxyConfig(served: Served[], slices: EndpointSlice[], folder: string): string {
    const ordered = served.toSorted(byPath);
    const ofTermination = (...wanted: string[]) =>
        ordered.filter(({ route }) => wanted.includes(termination(route)));
    const open = ordered.flatMap(entry => {
        const plain = termination(entry.route) === "none" || insecure(entry.route) === "Allow";
        const to = plain ? backendOf(entry.route) : "redirect";
        return plain || insecure(entry.route) === "Redirect" ? [choose(entry, to)] : [];
    });
    const terminated = ofTermination("edge", "reencrypt").map(entry =>
        choose(entry, backendOf(entry.route)),
    );
    const passed = ofTermination("passthrough").map(
        ({ route, host }) =>
            `    use_backend ${backendOf(route)} if { req.ssl_sni,lower -m str ${host} }`,
    );
    const backends = ordered.map(({ route }) => backend(route, slices, folder)).toSorted();
    return [head, frontends(open, terminated, passed, folder), ...backends].join("\n");
}

/** The longer a path, the later: of several rules the last one counts. */
function byPath(a: Served, b: Served): number {
    const key = ({ route, host }: Served) => {
        const length = String((route.spec.path ?? "").length).padStart(6, "0");
        return `${host} ${length} ${backendOf(route)}`;
    };
    return key(a) < key(b) ? -1 : 1;
}

/**
 * `/shop` stands for itself and what is below it, `/shop/` for what begins so: GenerateRouteRegexp in
 * github.com/openshift/router, pkg/router/template/util/util.go. Paths hold no quotes: validate.ts.
 */
function choose({ route, host }: Served, to: string): string {
    const { path = "" } = route.spec;
    const ofHost = `{ var(txn.host) -m str ${host} }`;
    const condition =
        path === "" || path === "/"
            ? ofHost
            : path.endsWith("/")
              ? `${ofHost} { path_beg '${path}' }`
              : `${ofHost} { path -m str '${path}' } or ${ofHost} { path_beg '${path}/' }`;
    return `    http-request set-var(txn.to) str(${to}) if ${condition}`;
}

const head = `# Written by the stand-in for OpenShift's router: changes get lost.
global
    log stdout format raw daemon notice
    hard-stop-after 30s
    ssl-default-bind-options ssl-min-ver TLSv1.2

defaults
    mode http
    log global
    timeout connect 5s
    timeout client 30s
    timeout server 30s
    timeout http-request 10s
    timeout http-keep-alive 300s
    timeout tunnel 1h

frontend health
    bind :1936
    monitor-uri /healthz/ready
`;

/** What every request gets, as the applications behind OpenShift's router know it. */
const prepare = (scheme: string) => `    option forwardfor
    http-request del-header Proxy
    http-request set-header Host %[req.hdr(host),lower]
    http-request add-header X-Forwarded-Host %[req.hdr(host)]
    http-request add-header X-Forwarded-Port %[dst_port]
    http-request add-header X-Forwarded-Proto ${scheme}
    http-request add-header Forwarded for=%[src];host=%[req.hdr(host)];proto=${scheme}
    http-request set-var(txn.host) req.hdr(host),field(1,:)`;

const lines = (parts: string[]) => parts.map(line => `${line}\n`).join("");

const frontends = (open: string[], terminated: string[], passed: string[], folder: string) =>
    `frontend public
    bind :80
${prepare("http")}
${lines(open)}    http-request redirect scheme https if { var(txn.to) -m str redirect }
    use_backend %[var(txn.to)] if { var(txn.to) -m found }
    default_backend openshift_default

frontend public_ssl
    mode tcp
    bind :443
    tcp-request inspect-delay 5s
    tcp-request content accept if { req.ssl_hello_type 1 }
${lines(passed)}    default_backend be_sni

backend be_sni
    mode tcp
    server fe_sni unix@${folder}/tls.sock send-proxy-v2

frontend fe_sni
    bind unix@${folder}/tls.sock accept-proxy ssl crt-list ${folder}/${listFile}
${prepare("https")}
${lines(terminated)}    use_backend %[var(txn.to)] if { var(txn.to) -m found }
    default_backend openshift_default

backend openshift_default
    http-request return status 503 content-type text/plain string "Application is not available: no route of this name and path is admitted here.\\n"
`;

function backend(route: Route, slices: EndpointSlice[], folder: string): string {
    const passes = termination(route) === "passthrough";
    const secure =
        termination(route) === "reencrypt"
            ? ` ssl verify required ca-file ${folder}/${authorityFile(route)}`
            : "";
    const several = (route.spec.alternateBackends ?? []).some(({ weight = 100 }) => weight > 0);
    const balance = several ? "roundrobin" : passes ? "source" : "random";
    const servers = serversOf(route, slices).map(
        ({ service, address, port, weight }) =>
            `    server ${service}:${address}:${port} ${address}:${port} weight ${weight}${secure}`,
    );
    return `backend ${backendOf(route)}
${passes ? "    mode tcp\n" : ""}    balance ${balance}
${lines(servers)}`;
}
