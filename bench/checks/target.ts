import { readFileSync } from "node:fs";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";

// The bench's target, a process of its own: one small health page by http and by https, one that takes 100 ms, and one
// that never answers. It tells its ports, and on any message how many requests it has answered.

/** Where each kind listens, on 127.0.0.1; the name in the certificate is localhost. */
export type Ports = Readonly<Record<"http" | "https" | "slow" | "silent", number>>;

const body = '{"ok":true,"version":"1.2.3"}';
const page =
  "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nDate: Sat, 21 Nov 2026 00:00:00 GMT\r\n" +
  `Server: bench\r\nCache-Control: no-store\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`;

const slowMs = 100;

let answered = 0;

const answers = (afterMs: number) => (socket: Socket) => {
  socket.on("error", () => {});
  socket.once("data", () => {
    answered += 1;
    if (afterMs === 0) socket.end(page);
    else setTimeout(() => socket.end(page), afterMs);
  });
};

/** It is started in the package's folder. */
const fixture = (name: string): string => readFileSync(`test/fixtures/tls/${name}`, "utf8");

function listening(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen({ port: 0, host: "127.0.0.1", backlog: 4096 }, () =>
      resolve((server.address() as AddressInfo).port),
    );
  });
}

async function serve(): Promise<void> {
  const tls = createTlsServer({ cert: fixture("good.crt"), key: fixture("good.key") }, answers(0));
  tls.on("tlsClientError", () => {});
  const silent = createServer((socket) => socket.on("error", () => {}).resume());
  const ports: Ports = {
    http: await listening(createServer(answers(0))),
    https: await listening(tls),
    slow: await listening(createServer(answers(slowMs))),
    silent: await listening(silent),
  };
  process.on("message", () => process.send?.(answered));
  process.on("disconnect", () => process.exit());
  process.send?.(ports);
}

await serve();
