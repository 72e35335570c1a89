import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { networkInterfaces } from "node:os";
import { Worker } from "node:worker_threads";
import { describe, expect, it } from "vitest";
import { type Means, sharedSecureContext } from "../../lambda/checks/dial.ts";
import { probe, runCheck } from "../../lambda/checks/registry.ts";
import type { HttpCheck } from "../../lambda/core/config.ts";
import { httpCheck, listen, never, page, saysAndCloses, type Target } from "./servers.ts";

const timeoutMs = 20_000;
const name = "shop.example.test";

/** A name with these addresses; those on loopback are fit to connect to, as the tests' servers are there. */
const named = (addresses: readonly string[], asked: string[] = []): Means => ({
  resolve: async (host) => {
    asked.push(host);
    return addresses;
  },
  secureContext: sharedSecureContext(),
  objection: (address) => (address.startsWith("127.") ? undefined : "not fit"),
});

/** Servers on the same port of several loopback addresses; where there is none, nothing listens. */
async function withServers(
  serve: readonly (((socket: Socket) => void) | undefined)[],
  use: (port: number, addresses: readonly string[]) => Promise<void>,
): Promise<void> {
  const addresses = serve.map((_, i) => `127.0.0.${i + 2}`);
  const targets: Target[] = [];
  let port = 0;
  for (const [i, one] of serve.entries()) {
    if (one === undefined) continue;
    const target = await listen(one, addresses[i], port);
    port = target.port;
    targets.push(target);
  }
  try {
    await use(port, addresses);
  } finally {
    await Promise.all(targets.map((target) => target.closed()));
  }
}

const ask = (port: number, means: Means, wanted: Partial<HttpCheck> = {}, ms = timeoutMs) =>
  probe(httpCheck(port, { url: `http://${name}:${port}/`, ...wanted }), ms, never(), means);

const good = saysAndCloses(page(200, "ok"));
const bad = saysAndCloses(page(500));
const closes = (socket: Socket) => socket.end();

describe("a name with several addresses is good", () => {
  it.each([
    ["when the first is good, whatever the others", [good, bad], {}],
    ["when the first refuses and the next is good", [undefined, good], {}],
    ["when all but the fourth refuse", [undefined, undefined, undefined, good], {}],
    ["when all are, and all must be", [good, good, good], { everyAddress: true }],
  ] as const)("%s", async (_name, serve, wanted) => {
    await withServers(serve, async (port, addresses) => {
      const asked: string[] = [];
      expect(await ask(port, named(addresses, asked), wanted)).toMatchObject({ ok: true });
      expect(asked).toEqual([name]);
    });
  });
});

describe("a name with several addresses is not good", () => {
  it.each([
    ["when the first accepts and is broken", [bad, good], {}, "status-unexpected", "(127.0.0.2)"],
    ["when the first accepts and closes", [closes, good], {}, "closed-early", "(127.0.0.2)"],
    ["when one of all refuses", [good, undefined], { everyAddress: true }, "connect-refused", "(127.0.0.3)"],
    [
      "when one of all is broken",
      [good, bad, good],
      { everyAddress: true },
      "status-unexpected",
      "(127.0.0.3)",
    ],
    [
      "when only the fifth would be good",
      [undefined, undefined, undefined, undefined, good],
      {},
      "connect-refused",
      "(127.0.0.2, 127.0.0.3, 127.0.0.4, 127.0.0.5)",
    ],
  ] as const)("%s", async (_name, serve, wanted, reason, where) => {
    await withServers(serve, async (port, addresses) => {
      const finding = await ask(port, named(addresses), wanted);
      expect(finding).toMatchObject({ ok: false, reason });
      expect(!finding.ok && finding.detail).toContain(`${name}:${port} ${where} `);
    });
  });

  it("when none is fit to connect to", async () => {
    expect(await ask(80, named(["0.0.0.0", "::1"]))).toMatchObject({ ok: false, reason: "address-refused" });
  });

  it("when all must be and one is not fit to connect to", async () => {
    await withServers([good], async (port) => {
      const finding = await ask(port, named(["127.0.0.2", "::1"]), { everyAddress: true });
      expect(finding).toMatchObject({ ok: false, reason: "address-refused" });
    });
  });
});

/** A port of 127.0.0.2 that takes no further connection: its process sleeps, and its queue is full. */
async function withBlackHole(use: (port: number) => Promise<void>): Promise<void> {
  const worker = new Worker(
    `const { parentPort } = require("node:worker_threads");
     const server = require("node:net").createServer();
     server.listen({ port: 0, host: "127.0.0.2", backlog: 1 }, () => {
       parentPort.postMessage(server.address().port);
       setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0));
     });`,
    { eval: true },
  );
  const [port] = await once(worker, "message");
  // A queue of one holds two on Linux; whoever comes later is not answered.
  const queued = [0, 1].map(() => connect({ host: "127.0.0.2", port }));
  for (const socket of queued) socket.on("error", () => {});
  try {
    await Promise.all(queued.map((socket) => once(socket, "connect")));
    await use(port);
  } finally {
    for (const socket of queued) socket.destroy();
    await worker.terminate();
  }
}

describe.runIf(process.platform === "linux")("an address that drops connection attempts (Linux)", () => {
  it("gets its share of the time, and the next is asked", async () => {
    await withBlackHole(async (port) => {
      const target = await listen(good, "127.0.0.3", port);
      const finding = await ask(port, named(["127.0.0.2", "127.0.0.3"]), {}, 1_000);
      await target.closed();
      expect(finding).toMatchObject({ ok: true });
    });
  });

  it("is told when it is the last, with all that were tried", async () => {
    await withBlackHole(async (port) => {
      const finding = await ask(port, named(["127.0.0.3", "127.0.0.2"]), {}, 300);
      expect(finding).toMatchObject({
        ok: false,
        reason: "connect-timeout",
        detail: `${name}:${port} (127.0.0.3, 127.0.0.2) did not answer the connection attempt within 300 ms.`,
      });
    });
  });
});

describe("an address that changes between two answers of DNS", () => {
  it("is asked for once: the address that was judged is the address connected to", async () => {
    const answers = ["127.0.0.2", "127.0.0.3"];
    const asked: string[] = [];
    const resolve = async () => {
      asked.push(name);
      return [answers[asked.length - 1] ?? "127.0.0.4"];
    };
    await withServers([good, bad], async (port) => {
      const only = (address: string) => (address === "127.0.0.2" ? undefined : "not fit");
      const means = { ...named([]), resolve, objection: only };
      expect(await ask(port, means)).toMatchObject({ ok: true });
      expect(asked).toEqual([name]);
      expect(await ask(port, means)).toMatchObject({ ok: false, reason: "address-refused" });
    });
  });
});

const hasIpv6 = Object.values(networkInterfaces())
  .flat()
  .some((at) => at?.address === "::1");

it.skipIf(!hasIpv6)("an IPv6 literal is asked with its brackets (skipped where ::1 is missing)", async () => {
  let request = "";
  const target = await listen((socket) => {
    socket.on("data", (bytes) => {
      request += bytes.toString("latin1");
    });
    good(socket);
  }, "::1");
  const url = `http://[::1]:${target.port}/`;
  expect(await runCheck(httpCheck(target.port, { url }), timeoutMs, never())).toMatchObject({ ok: true });
  await target.closed();
  expect(request).toContain(`\r\nhost: [::1]:${target.port}\r\n`);
});
