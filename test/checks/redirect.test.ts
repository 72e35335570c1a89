import type { Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { startAttempt } from "../../lambda/checks/attempt.ts";
import { dial, type Means, sharedSecureContext } from "../../lambda/checks/dial.ts";
import { type Failure, isFailure } from "../../lambda/checks/failure.ts";
import { firstHop, type Hop, nextHop } from "../../lambda/checks/http-request.ts";
import { probe, runCheck } from "../../lambda/checks/registry.ts";
import type { HttpCheck } from "../../lambda/core/config.ts";
import { httpCheck, never, page, saysAndCloses, withServer } from "./servers.ts";

const timeoutMs = 20_000;
const redirectTo = (location: string) => saysAndCloses(page(302, "", `Location: ${location}`));

/** A resolver that knows these names, and what it was asked. */
function stubDns(names: Readonly<Record<string, string>>): {
  readonly means: Means;
  readonly asked: string[];
} {
  const asked: string[] = [];
  const unknown: Failure = { reason: "dns-nxdomain", what: "is not known to DNS (no such name)" };
  const resolve = async (name: string) => {
    asked.push(name);
    const address = names[name];
    return address === undefined ? unknown : [address];
  };
  return { means: { resolve, secureContext: sharedSecureContext() }, asked };
}

const asHop = (hop: Hop | Failure): Hop => {
  if (isFailure(hop)) throw new Error(hop.what);
  return hop;
};

describe("an address that DNS names", () => {
  it.each(["127.0.0.1", "169.254.169.254", "::ffff:127.0.0.1", "::1", "0.0.0.0"])(
    "%s is refused",
    async (address) => {
      const { means, asked } = stubDns({ "rebind.example.test": address });
      const check = httpCheck(80, { url: "http://rebind.example.test/" });
      expect(await probe(check, timeoutMs, never(), means)).toMatchObject({
        ok: false,
        reason: "address-refused",
        detail: expect.stringContaining(address),
      });
      expect(asked).toEqual(["rebind.example.test"]);
    },
  );

  it("is refused for tcp, too, and for a name to connect to", async () => {
    const { means } = stubDns({ "rebind.example.test": "127.0.0.1" });
    const connect = { host: "rebind.example.test", port: 80 };
    const findings = await Promise.all([
      probe({ type: "tcp", ...connect }, timeoutMs, never(), means),
      probe(httpCheck(80, { connect }), timeoutMs, never(), means),
    ]);
    expect(findings.map((finding) => !finding.ok && finding.reason)).toEqual([
      "address-refused",
      "address-refused",
    ]);
  });

  it("is missing: dns-nxdomain", async () => {
    const check = httpCheck(80, { url: "http://gone.example.test/" });
    expect(await probe(check, timeoutMs, never(), stubDns({}).means)).toMatchObject({
      ok: false,
      reason: "dns-nxdomain",
      detail: "gone.example.test:80 is not known to DNS (no such name).",
    });
  });

  it("never comes: dns-timeout", async () => {
    const means: Means = { resolve: () => new Promise(() => {}), secureContext: sharedSecureContext() };
    const check = httpCheck(80, { url: "http://slow.example.test/" });
    expect(await probe(check, 50, never(), means)).toMatchObject({ ok: false, reason: "dns-timeout" });
  });

  it("comes when the probe is over: nothing is opened", async () => {
    const attempt = startAttempt("The check");
    const { means } = stubDns({ "slow.example.test": "192.0.2.1" });
    const dialled = dial({ host: "slow.example.test", port: 80, word: "config" }, undefined, attempt, means);
    attempt.over = true;
    expect(await dialled).toMatchObject({ reason: "no-time" });
    expect(attempt.socket).toBeUndefined();
  });
});

describe("a redirect", () => {
  const follow = (location: string, names: Readonly<Record<string, string>> = {}, redirects = 3) =>
    withServer(redirectTo(location), (port) =>
      probe(httpCheck(port, { redirects }), timeoutMs, never(), stubDns(names).means),
    );

  it("to a name that DNS does not know says so, without repeating it", async () => {
    const finding = await follow("http://gone.example.test/");
    expect(finding).toMatchObject({ ok: false, reason: "dns-nxdomain" });
    expect(JSON.stringify(finding)).not.toContain("gone.example.test");
  });

  it("in a loop ends after as many as are allowed", async () => {
    let requests = 0;
    const serve = (socket: Socket) => {
      requests += 1;
      redirectTo("/again")(socket);
    };
    const finding = await withServer(serve, (port) =>
      runCheck(httpCheck(port, { redirects: 3 }), timeoutMs, never()),
    );
    expect(finding).toMatchObject({ ok: false, reason: "redirect-limit" });
    expect(requests).toBe(4);
  });

  it.each([
    ["/end", "ok"],
    ["/other", "url-unexpected"],
  ])("to %s where /end is wanted: %s", async (location, expected) => {
    const finding = await withServer(
      (socket) =>
        socket.once("data", (bytes) =>
          socket.end(bytes.includes("GET /health") ? page(301, "", `Location: ${location}`) : page(200)),
        ),
      (port) => {
        const finalUrl = `http://127.0.0.1:${port}/end`;
        return runCheck(httpCheck(port, { redirects: 1, finalUrl }), timeoutMs, never());
      },
    );
    expect(finding.ok ? "ok" : finding.reason).toBe(expected);
  });

  it("without a location is judged as it is", async () => {
    const check = { redirects: 3, status: [[302, 302]] } as const;
    const finding = await withServer(saysAndCloses(page(302)), (port) =>
      runCheck(httpCheck(port, check), timeoutMs, never()),
    );
    expect(finding.ok).toBe(true);
  });

  it("on the same host stays at the pinned address, on a new connection, and is not resolved", async () => {
    const requests: string[] = [];
    const serve = (socket: Socket) =>
      socket.once("data", (bytes) => {
        const [line = ""] = bytes.toString("latin1").split(" HTTP");
        requests.push(line);
        socket.end(
          line.endsWith("/here")
            ? page(200, "arrived")
            : page(301, "", "Location: http://shop.example.test/here"),
        );
      });
    const { means, asked } = stubDns({});
    const finding = await withServer(serve, (port) => {
      const connect = { host: "127.0.0.1", port };
      const check = httpCheck(port, {
        url: "http://shop.example.test/",
        connect,
        redirects: 1,
        contains: "arrived",
      });
      return probe(check, timeoutMs, never(), means);
    });
    expect(finding.ok).toBe(true);
    expect(requests).toEqual(["GET /", "GET /here"]);
    expect(asked).toEqual([]);
  });
});

describe("the request after a redirect", () => {
  const check: HttpCheck = httpCheck(80, {
    url: "https://shop.example.test/a",
    connect: { host: "203.0.113.10", port: 8443 },
    serverName: "cert.example.test",
    headers: { authorization: "secret" },
    method: "POST",
    body: "the order",
    redirects: 5,
  });
  const first = asHop(firstHop(check));
  const landed = (location: string, status = 302, hop = first) =>
    nextHop({ status, location }, hop, first, check, true);

  it("on the same host keeps place, server name and headers", () => {
    const hop = asHop(landed("/b"));
    expect(hop.place).toEqual({ host: "203.0.113.10", port: 8443, word: "config" });
    expect(hop.tls?.serverName).toBe("cert.example.test");
    expect(hop.headers).toEqual({ authorization: "secret" });
  });

  it("on the same host must be public where that was", () => {
    const hop = asHop(nextHop({ status: 302, location: "/b" }, first, first, check, false));
    expect(hop.place).toEqual({ host: "203.0.113.10", port: 8443, word: "redirect" });
  });

  it("on another port of the same host keeps the address, but not the headers", () => {
    const hop = asHop(landed("https://shop.example.test:444/"));
    expect(hop.place).toEqual({ host: "203.0.113.10", port: 444, word: "config" });
    expect(hop.headers).toEqual({});
  });

  it("on another host keeps nothing, and a way back finds the pinned address again", () => {
    const hop = asHop(landed("https://login.example.test/"));
    expect(hop.place).toEqual({ host: "login.example.test", port: 443, word: "redirect" });
    expect(hop.tls?.serverName).toBe("login.example.test");
    expect(hop.headers).toEqual({});
    expect(asHop(landed("https://shop.example.test/", 302, hop)).place).toEqual(first.place);
  });

  it("is never plain http after https", () => {
    expect(landed("http://shop.example.test/")).toMatchObject({ reason: "redirect-refused" });
  });

  it.each([
    [301, "GET", undefined],
    [302, "GET", undefined],
    [303, "GET", undefined],
    [307, "POST", "the order"],
    [308, "POST", "the order"],
  ])("after %i POST becomes %s, with the body %s", (status, method, body) => {
    expect(asHop(landed("/b", status))).toMatchObject({ method, body });
  });

  it("has no body for another server", () => {
    expect(asHop(landed("https://login.example.test/", 307))).toMatchObject({
      method: "POST",
      body: undefined,
    });
  });
});
