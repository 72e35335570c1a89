import { createServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { sharedSecureContext } from "../../lambda/checks/dial.ts";
import { openProber, probe } from "../../lambda/checks/registry.ts";
import type { HttpCheck } from "../../lambda/core/config.ts";
import { fixture, httpCheck, listen, never, page, saysAndCloses, withServer } from "./servers.ts";

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

describe("a secret that a server repeats", () => {
  const secret = "s3cret-of-the-header";
  const said = (bytes: Buffer) => `x-said: ${/^x-key: (.*)\r$/m.exec(String(bytes))?.[1]}`;
  const whole = (bytes: Buffer) => String(bytes).replaceAll(/[\r\n]+/g, " ");

  it.each<[string, Partial<HttpCheck>, (bytes: Buffer) => string]>([
    ["in a status line", {}, (bytes) => `HTTP/1.1 ${whole(bytes)}\r\n\r\n`],
    ["instead of an answer", {}, String],
    ["with another status", {}, (bytes) => page(500, whole(bytes), said(bytes))],
    ["with a status that refuses us", {}, (bytes) => page(401, whole(bytes), said(bytes))],
    [
      "in a header",
      { answerHeaders: [{ name: "x-said", is: "equal", text: "a" }] },
      (b) => page(200, "", said(b)),
    ],
    ["in a body", { contains: "all is well" }, (bytes) => page(200, whole(bytes))],
    [
      "in JSON",
      { json: [{ text: "a exists", path: ["a"], op: "exists" }] },
      (b) => page(200, `{"${said(b)}":1}`),
    ],
    ["in a broken header", {}, (bytes) => `HTTP/1.1 200 OK\r\nx said ${said(bytes)}\r\n\r\n`],
    ["in a coding", { contains: "a" }, (b) => page(200, "b", said(b).replace("x-said", "content-encoding"))],
    ...["", "http://10.0.0.1/", "gopher://", "http://gone."].map(
      (start): [string, Partial<HttpCheck>, (bytes: Buffer) => string] => [
        `in a redirect to ${start}`,
        { redirects: 1 },
        (b) => page(302, "", said(b).replace("x-said: ", `location: ${start}`)),
      ],
    ),
  ])("%s is in no finding", async (_name, wanted, answer) => {
    let heard = "";
    const serve = (socket: Socket) =>
      socket.once("data", (bytes) => {
        heard += bytes;
        socket.end(answer(bytes), "latin1");
      });
    const means = {
      resolve: async () => ({ reason: "dns-nxdomain", what: "is not known to DNS" }) as const,
      secureContext: sharedSecureContext(),
    };
    const check = { headers: { "x-key": secret }, ...wanted };
    const finding = await withServer(serve, (port) => probe(httpCheck(port, check), 20_000, never(), means));
    expect(heard).toContain(secret);
    expect(finding.ok).toBe(false);
    expect(JSON.stringify(finding)).not.toContain(secret);
  });

  it.each([
    ["another port", "127.0.0.1", "127.0.0.1"],
    ["another host", "127.0.0.1", "127.0.0.2"],
  ])("is not sent to %s that a redirect leads to", async (_name, from, to) => {
    let heard = "";
    const goal = await listen((socket) => {
      socket.once("data", (bytes) => {
        heard += bytes;
        socket.end(page(200));
      });
    }, to);
    const start = await listen(saysAndCloses(page(307, "", `location: http://${to}:${goal.port}/`)), from);
    const means = {
      resolve: async () => [],
      secureContext: sharedSecureContext(),
      objection: () => undefined,
    };
    const check = {
      headers: { "x-key": secret, authorization: secret },
      method: "POST",
      body: secret,
      redirects: 1,
    };
    const finding = await probe(httpCheck(start.port, check), 20_000, never(), means);
    await Promise.all([start.closed(), goal.closed()]);
    expect([finding.ok, heard.startsWith("POST / HTTP/1.1"), heard.includes(secret)]).toEqual([
      true,
      true,
      false,
    ]);
  });
});
