/** Who has which address in the stack's Docker network, an IPv4 network of 24 bits. */
export interface Addresses {
    gateway: string;
    /** Where Docker takes the addresses of nodes from: the lower half, so that none gets the store's. */
    ipRange: string;
    store: string;
}

/** @param subnet for example `172.30.77.0/24`, as the configuration has checked */
export function addresses(subnet: string): Addresses {
    const prefix = subnet.replace(/\.0\/24$/, "");
    return { gateway: `${prefix}.1`, ipRange: `${prefix}.0/25`, store: `${prefix}.200` };
}
