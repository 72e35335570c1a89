import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { openProber } from "../../lambda/checks/registry.ts";
import type { HttpCheck } from "../../lambda/core/config.ts";
import { fixture, httpCheck, listen, never } from "./servers.ts";

// The one certificate here that is not for servers only.
const identity = { certificate: fixture("self-signed.crt"), key: fixture("self-signed.key") };

/** A server that lets in only who shows a certificate of ours; `/away` leads to another one like it. */
async function guarded(awayPort?: number): Promise<number> {
  const server = createServer(
    {
      cert: fixture("good.crt"),
      key: fixture("good.key"),
      ca: identity.certificate,
      requestCert: true,
      rejectUnauthorized: true,
    },
    (request, response) => {
      const away = request.url === "/away" && { location: `https://127.0.0.1:${awayPort}/` };
      response.writeHead(away ? 302 : 200, away || {}).end();
    },
  );
  server.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

async function probed(port: number, wanted: Partial<HttpCheck>): Promise<string> {
  const prober = openProber(fixture("ca.crt"));
  const check = httpCheck(port, { url: `https://127.0.0.1:${port}/`, ...wanted });
  const finding = await prober.runCheck(check, 20_000, never());
  prober.close();
  return finding.ok ? "ok" : `${finding.reason}: ${finding.detail}`;
}

describe("a client certificate", () => {
  it("is shown to a server that asks for one", async () => {
    const port = await guarded();
    expect(await probed(port, { clientCertificate: identity })).toBe("ok");
    expect(await probed(port, {})).toMatch(/^tls-client-certificate: /);
  });

  it.each([
    ["with another's key", { ...identity, key: fixture("good.key") }],
    ["that is none", { certificate: "s3cret", key: identity.key }],
    ["whose key is none", { ...identity, key: "s3cret" }],
  ])("%s is our own fault, and is not repeated", async (_name, clientCertificate) => {
    const said = await probed(await guarded(), { clientCertificate });
    expect(said).toMatch(/^bad-check: .* has a client certificate or a key that is of no use\.$/);
  });

  it("is not shown where a redirect leads", async () => {
    const port = await guarded(await guarded());
    const wanted = { url: `https://127.0.0.1:${port}/away`, redirects: 1, clientCertificate: identity };
    expect(await probed(port, wanted)).toMatch(/^tls-client-certificate: /);
  });
});

describe("a check whose secret was not read", () => {
  const header = { "x-key": { is: "plain", value: "ssm:/prod/key" } } as const;
  it.each<[string, Partial<HttpCheck>, string]>([
    ["by home", { unread: "ssm:/prod/key (AccessDeniedException)" }, "ssm:/prod/key (AccessDeniedException)"],
    ["by anybody", { secrets: { headers: header } }, "nobody tried"],
  ])("%s connects to nobody, and is our own fault", async (_name, wanted, why) => {
    let connections = 0;
    const target = await listen(() => {
      connections += 1;
    });
    const said = await probed(target.port, { url: `http://127.0.0.1:${target.port}/`, ...wanted });
    await target.closed();
    expect([said, connections]).toEqual([
      `secret-unreadable: The check names a secret that could not be read: ${why}.`,
      0,
    ]);
  });
});
