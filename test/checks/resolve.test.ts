import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { type Answer, decode, encode } from "dns-packet";
import { describe, expect, it } from "vitest";
import { openResolver } from "../../lambda/checks/resolve.ts";

type Known = { readonly A?: string[]; readonly AAAA?: string[]; readonly rcode?: number };
type Zone = Readonly<Record<string, Known>>;

const zone: Zone = {
  "both.example.test": { A: ["192.0.2.1", "192.0.2.2"], AAAA: ["2001:db8::1"] },
  "six.example.test": { AAAA: ["2001:db8::1"] },
  "none.example.test": {},
  "garbled.example.test": { rcode: 1 },
  "broken.example.test": { rcode: 2 },
  "denied.example.test": { rcode: 5 },
};

/** A DNS server on loopback that knows `zone`, and says nothing about silent.example.test. */
async function withDns<T>(use: (server: string, asked: string[]) => Promise<T>): Promise<T> {
  const socket: Socket = createSocket("udp4");
  const asked: string[] = [];
  socket.on("message", (message, from) => {
    const query = decode(message);
    const question = query.questions?.[0];
    const name = question?.name.toLowerCase() ?? "";
    const type = question?.type === "AAAA" ? "AAAA" : "A";
    asked.push(`${name} ${type}`);
    if (name === "silent.example.test") return;
    const known = zone[name];
    const answers = (known?.[type] ?? []).map((data): Answer => ({ name, type, ttl: 1, data }));
    const reply = { id: query.id ?? 0, type: "response" as const, questions: query.questions ?? [], answers };
    socket.send(encode({ ...reply, flags: known ? (known.rcode ?? 0) : 3 }), from.port, from.address);
  });
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  try {
    return await use(`127.0.0.1:${socket.address().port}`, asked);
  } finally {
    socket.close();
  }
}

describe("a name", () => {
  it.each([
    ["both.example.test", ["192.0.2.1", "192.0.2.2"], "its IPv4 addresses"],
    ["six.example.test", ["2001:db8::1"], "IPv6 where there is no other"],
  ])("%s is %s: %s", async (name, addresses) => {
    await withDns(async (server) => {
      const resolver = openResolver([server]);
      expect(await resolver.resolve(name)).toEqual(addresses);
      resolver.close();
    });
  });

  it.each([
    ["none.example.test", "dns-no-address", "has no address in DNS"],
    ["gone.example.test", "dns-nxdomain", "is not known to DNS (no such name)"],
    ["broken.example.test", "dns-servfail", "could not be resolved: the DNS server failed"],
    ["denied.example.test", "dns-refused", "could not be resolved: the DNS server refused"],
    ["garbled.example.test", "dns-failed", "could not be resolved (EFORMERR)"],
    [`${"x".repeat(64)}.example.test`, "dns-failed", "could not be resolved (EBADNAME)"],
  ])("%s has no address: %s", async (name, reason, what) => {
    await withDns(async (server) => {
      const resolver = openResolver([server]);
      expect(await resolver.resolve(name)).toEqual({ reason, what });
      resolver.close();
    });
  });

  it("whose server is silent is given up when the resolver closes", async () => {
    await withDns(async (server, asked) => {
      const resolver = openResolver([server]);
      const open = resolver.resolve("silent.example.test");
      await expect.poll(() => asked.length).toBeGreaterThan(0);
      resolver.close();
      expect(await open).toMatchObject({ reason: "no-time" });
    });
  });

  it("cannot be asked where no server listens: that is our own fault", async () => {
    const closed = await withDns(async (server) => server);
    const resolver = openResolver([closed]);
    expect(await resolver.resolve("both.example.test")).toMatchObject({ reason: "dns-unreachable" });
    resolver.close();
  });
});
