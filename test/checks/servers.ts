import { readFileSync } from "node:fs";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, type TLSSocket, type TlsOptions } from "node:tls";
import type { HttpCheck } from "../../lambda/core/config.ts";

/** A server on loopback that does to each connection whatever the test wants. */
export type Target = { readonly port: number; readonly closed: () => Promise<void> };

async function started(server: Server, host: string, port = 0): Promise<Target> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    // Resolves only when no connection is left: a probe that leaves its socket open makes the test time out.
    closed: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

export function listen(serve: (socket: Socket) => void, host = "127.0.0.1", port = 0): Promise<Target> {
  const server = createServer((socket) => {
    socket.on("error", () => {});
    serve(socket);
    socket.resume();
  });
  return started(server, host, port);
}

export function listenTls(options: TlsOptions, serve: (socket: TLSSocket) => void): Promise<Target> {
  const server = createTlsServer(options, (socket) => {
    socket.on("error", () => {});
    serve(socket);
    socket.resume();
  });
  server.on("tlsClientError", () => {});
  return started(server, "127.0.0.1");
}

/** Runs `use` against such a server, and waits until every connection to it is closed. */
export async function withServer<T>(
  serve: (socket: Socket) => void,
  use: (port: number) => Promise<T>,
): Promise<T> {
  const target = await listen(serve);
  try {
    return await use(target.port);
  } finally {
    await target.closed();
  }
}

/** Sends `text` as soon as a request has come, and leaves the connection open. */
export const says = (text: string) => (socket: Socket) => {
  socket.once("data", () => socket.write(text, "latin1"));
};

/** Sends `text` as soon as a request has come, and closes. */
export const saysAndCloses = (text: string) => (socket: Socket) => {
  socket.once("data", () => socket.end(text, "latin1"));
};

/** A complete answer. */
export const page = (status: number, body = "", ...fields: string[]): string =>
  [`HTTP/1.1 ${status} Whatever`, `Content-Length: ${Buffer.byteLength(body)}`, ...fields, "", body].join(
    "\r\n",
  );

/** Sends `piece` again and again, as fast as the connection takes it or once every `everyMs`. */
export const repeats = (start: string, piece: string, everyMs?: number) => (socket: Socket) => {
  const block = everyMs === undefined ? piece.repeat(Math.ceil((64 * 1024) / piece.length)) : piece;
  const send = () => {
    while (socket.writable && socket.write(block) && everyMs === undefined);
  };
  socket.once("data", () => {
    socket.write(start);
    if (everyMs === undefined) {
      socket.on("drain", send);
      send();
      return;
    }
    const timer = setInterval(send, everyMs);
    socket.once("close", () => clearInterval(timer));
  });
};

export const httpCheck = (port: number, wanted: Partial<HttpCheck> = {}): HttpCheck => ({
  type: "http",
  url: `http://127.0.0.1:${port}/health`,
  method: "GET",
  headers: {},
  status: [[200, 299]],
  redirects: 0,
  verifyCertificate: true,
  ...wanted,
});

export const fixture = (name: string): string =>
  readFileSync(new URL(`../fixtures/tls/${name}`, import.meta.url), "utf8");

/** A signal that never aborts. */
export const never = (): AbortSignal => new AbortController().signal;
