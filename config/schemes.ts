/** How a check can combine others. */
export const combinations = ["all", "any"] as const;

export type Combination = (typeof combinations)[number];

/** The keys that say where a check goes, and by what. Exactly one stands in a check, or one that combines others. */
export const schemes = ["https", "http", "tcp", "tls", "udp", "dns", "wss", "ws", "grpcs", "grpc"] as const;

export type Scheme = (typeof schemes)[number];

const urlSchemes: ReadonlySet<Scheme> = new Set(["https", "http", "wss", "ws"]);

/** Whether a check of this scheme names a URL (a path, where the target is known) rather than a place (a port). */
export const hasUrl = (scheme: Scheme): boolean => urlSchemes.has(scheme);

/** The ports that may be left out. */
export const defaultPorts: { readonly [of in Scheme]?: number } = {
  https: 443,
  http: 80,
  tls: 443,
  dns: 53,
  wss: 443,
  ws: 80,
  grpcs: 443,
};

/** Schemes that can be written in short, as a URL instead of a map. */
export const shortSchemes: readonly Scheme[] = ["https", "http", "tcp", "tls", "wss", "ws", "grpcs", "grpc"];
