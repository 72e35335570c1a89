import { createServer, type RequestListener, type Server } from "node:http";
import { closeServer, listenLoopback } from "./loopback-server.ts";

/** The ways in which a site can be broken. */
export const breakages = ["refuse", "time out", "500", "slow", "403"] as const;
export type Breakage = (typeof breakages)[number];

/** A small site of the demonstration, at the same port whatever is done to it. */
export type DemoSite = {
  readonly name: string;
  readonly port: number;
  /** How it is broken now. */
  breakage(): Breakage | undefined;
  break(how: Breakage): Promise<void>;
  heal(): Promise<void>;
  close(): Promise<void>;
};

/**
 * Starts a site on 127.0.0.1 that answers `/health` with `{"ok":true,"site":"..."}`.
 *
 * @param slowMs how long an answer takes when it is `slow`: longer than the check's `within`
 */
export async function startDemoSite(name: string, slowMs: number): Promise<DemoSite> {
  let broken: Breakage | undefined;
  const handle: RequestListener = (request, response) => {
    if (broken === "time out") return;
    const delayMs = broken === "slow" ? slowMs : 0;
    const [status, body] = pageOf(request.url, name, broken);
    const timer = setTimeout(() => {
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify(body));
    }, delayMs);
    response.once("close", () => clearTimeout(timer));
  };
  let server: Server = createServer(handle);
  const { port } = await listenLoopback(server);
  const listen = async () => {
    if (server.listening) return;
    server = createServer(handle);
    await listenLoopback(server, port);
  };
  return {
    name,
    port,
    breakage: () => broken,
    break: async (how) => {
      broken = how;
      if (how === "refuse") await closeServer(server);
      else await listen();
    },
    heal: async () => {
      broken = undefined;
      await listen();
    },
    close: () => closeServer(server),
  };
}

function pageOf(path: string | undefined, site: string, broken: Breakage | undefined): [number, object] {
  if (broken === "500") return [500, { ok: false, site, error: "broken for the demonstration" }];
  if (broken === "403") return [403, { ok: false, site, error: "this firewall dislikes you" }];
  return path === "/health" ? [200, { ok: true, site }] : [404, { error: "ask for /health" }];
}
