import type { Socket } from "node:net";
import { expect, it } from "vitest";
import type { Source } from "../../lambda/checks/address.ts";
import { sharedSecureContext } from "../../lambda/checks/dial.ts";
import { probe } from "../../lambda/checks/registry.ts";
import type { HttpCheck } from "../../lambda/core/config.ts";
import { httpCheck, listen, never, page, saysAndCloses } from "./servers.ts";

// Loopback stands for a private network: 127.0.0.2 is an endpoint in it, 127.0.0.3 its neighbour; 127.0.0.4 is public.
const asPrivate = (address: string, source: Source) => {
  if (address === "127.0.0.9") return "a loopback address";
  return source === "redirect" && address !== "127.0.0.4" ? "not a public address" : undefined;
};

/** Probes an endpoint that leads to another address; what that said. */
async function follow(from: string, to: string, check: Partial<HttpCheck>): Promise<string> {
  const lead = (port: number) => (socket: Socket) =>
    saysAndCloses(page(302, "", `Location: http://${to}:${port}/`))(socket);
  const goal = await listen(saysAndCloses(page(200, "arrived")), to);
  const start = await listen(lead(goal.port), from);
  const means = {
    resolve: async () => [to],
    secureContext: sharedSecureContext(),
    objection: asPrivate,
  };
  const url = `http://${from}:${start.port}/`;
  const wanted = { url, redirects: 2, contains: "arrived", ...check };
  const finding = await probe(httpCheck(start.port, wanted), 20_000, never(), means);
  await Promise.all([start.closed(), goal.closed()]);
  return finding.ok ? "ok" : finding.reason;
}

it.each([
  ["a private endpoint, which the config calls so, to its neighbour", "127.0.0.2", "127.0.0.3", true, "ok"],
  [
    "a private endpoint that the config does not call so",
    "127.0.0.2",
    "127.0.0.3",
    false,
    "redirect-refused",
  ],
  ["a public endpoint that the config calls private", "127.0.0.4", "127.0.0.3", true, "redirect-refused"],
  ["a private endpoint to a public one", "127.0.0.2", "127.0.0.4", false, "ok"],
  ["a private endpoint to where nobody may go", "127.0.0.2", "127.0.0.9", true, "redirect-refused"],
] as const)("a redirect from %s", async (_name, from, to, isPrivate, expected) => {
  expect(await follow(from, to, isPrivate ? { private: true } : {})).toBe(expected);
});

it.each([
  ["a public address to a private one", "127.0.0.4", "redirect-refused"],
  ["one private address to another", "127.0.0.2", "ok"],
] as const)("a redirect to the same name, which has gone from %s", async (_name, before, expected) => {
  const serve = (socket: Socket) =>
    socket.once("data", (bytes) =>
      socket.end(bytes.includes("GET /end") ? page(200) : page(302, "", "Location: /end")),
    );
  const start = await listen(serve, before);
  const goal = await listen(serve, "127.0.0.3", start.port);
  const answers = [before, "127.0.0.3"];
  const means = {
    resolve: async () => [answers.shift() ?? "127.0.0.9"],
    secureContext: sharedSecureContext(),
    objection: asPrivate,
  };
  const check = httpCheck(0, { url: `http://shop.example.test:${start.port}/`, redirects: 1 });
  const finding = await probe(check, 20_000, never(), means);
  await Promise.all([start.closed(), goal.closed()]);
  expect(finding.ok ? "ok" : finding.reason).toBe(expected);
});
