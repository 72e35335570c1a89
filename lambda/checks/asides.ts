import type { ClientHttp2Session, ClientHttp2Stream } from "node:http2";

// Pings, settings and informational answers need nothing of ours to go on and on, and keep the prober busy with each.
const asidesLimit = 100;

/** Calls `tooMany` when a server of HTTP/2 says more that is no answer than it has a reason to. */
export function limitAsides(
  session: ClientHttp2Session,
  stream: ClientHttp2Stream,
  tooMany: () => void,
): void {
  let asides = 0;
  const count = () => {
    asides += 1;
    if (asides > asidesLimit) tooMany();
  };
  session.on("ping", count).on("remoteSettings", count).on("altsvc", count).on("origin", count);
  stream.on("headers", count);
}
