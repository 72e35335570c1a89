import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import { loopback } from "./route53/listen.ts";

export type LoopbackServer = {
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
};

/** An HTTP server on 127.0.0.1, on a port of the system's choice unless one is asked for. */
export async function serveLoopback(handle: RequestListener, port = 0): Promise<LoopbackServer> {
  return listenLoopback(createServer(handle), port);
}

/** The same for a server that exists. Closing it breaks the connections it still has. */
export async function listenLoopback(server: Server, port = 0): Promise<LoopbackServer> {
  server.listen(port, loopback);
  await once(server, "listening");
  const address = server.address();
  const bound = typeof address === "object" && address ? address.port : port;
  return { url: `http://${loopback}:${bound}`, port: bound, close: () => closeServer(server) };
}

/** Resolves once the server has let go of its port and of every connection. */
export async function closeServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
}
