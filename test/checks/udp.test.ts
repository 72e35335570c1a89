import { createSocket } from "node:dgram";
import { describe, expect, it } from "vitest";
import { sharedSecureContext } from "../../lambda/checks/dial.ts";
import { probe, runCheck } from "../../lambda/checks/registry.ts";
import type { UdpCheck } from "../../lambda/core/config.ts";
import type { Reason } from "../../lambda/core/reason.ts";
import { replies, type Serve, withDatagrams } from "./datagram-servers.ts";
import { never } from "./servers.ts";

const udp = (port: number, wanted: Partial<UdpCheck> = {}): UdpCheck => ({
  type: "udp",
  host: "127.0.0.1",
  port,
  send: "ping",
  ...wanted,
});

/** UDP sockets of this process: no other test has one at the same time. */
const openSockets = () => process.getActiveResourcesInfo().filter((name) => name.startsWith("UDP"));

/** As fast as a datagram is taken. */
const floods: Serve = (_message, socket, from) => {
  let left = 1000;
  const send = () =>
    socket.send(Buffer.alloc(1400, "x"), from.port, from.address, () => left-- > 0 && send());
  send();
};

describe("udp", () => {
  it.concurrent.each<[string, Serve, Partial<UdpCheck>, Reason | "ok", number?]>([
    ["any answer, where none is expected", replies("whatever"), {}, "ok"],
    ["an empty answer, where none is expected", replies(""), {}, "ok"],
    ["the answer that is expected", replies("all is well"), { expect: "well" }, "ok"],
    ["bytes", replies(Buffer.from([0xff, 0, 1])), { send: "hex:ff00", expect: "hex:0001" }, "ok"],
    ["another answer", replies("no"), { expect: "well" }, "answer-mismatch"],
    ["an empty answer", replies(""), { expect: "well" }, "answer-mismatch"],
    ["the answer after another one", replies("no", "well"), { expect: "well" }, "answer-mismatch"],
    ["no answer", () => {}, {}, "first-byte-timeout", 150],
    ["a flood", floods, { expect: "well" }, "answer-mismatch"],
  ])("%s", async (_name, serve, wanted, expected, timeoutMs = 20_000) => {
    const finding = await withDatagrams(serve, (port) => runCheck(udp(port, wanted), timeoutMs, never()));
    expect(finding.ok ? "ok" : finding.reason).toBe(expected);
    if (!finding.ok) expect(finding.detail).toMatch(/^127\.0\.0\.1:\d+ .{5,200}\.$/);
  });

  it("sends what it is told", async () => {
    const heard: string[] = [];
    const serve: Serve = (message, socket, from) => {
      heard.push(message.toString("hex"));
      replies("ok")(message, socket, from);
    };
    await withDatagrams(serve, (port) => runCheck(udp(port, { send: "hex:00ff" }), 20_000, never()));
    expect(heard).toEqual(["00ff"]);
  });

  it("sends again what may have been lost", async () => {
    let lost = 0;
    const serve: Serve = (message, socket, from) => {
      lost += 1;
      if (lost > 1) replies("ok")(message, socket, from);
    };
    const finding = await withDatagrams(serve, (port) => runCheck(udp(port), 20_000, never()));
    expect([finding.ok, lost]).toEqual([true, 2]);
  });

  it("hears that the port is closed", async () => {
    const port = await withDatagrams(replies(), (open) => Promise.resolve(open));
    expect(await runCheck(udp(port), 20_000, never())).toMatchObject({ reason: "connect-refused" });
  });

  it("hears nobody but whom it asked", async () => {
    const stranger = createSocket("udp4");
    const finding = await withDatagrams(
      (_message, _socket, from) => stranger.send("whatever", from.port, from.address),
      (port) => runCheck(udp(port), 150, never()),
    );
    stranger.close();
    expect(finding).toMatchObject({ reason: "first-byte-timeout" });
  });

  it("is refused where DNS leads to this machine", async () => {
    const means = { resolve: async () => ["127.0.0.1"], secureContext: sharedSecureContext() };
    const check = udp(53, { host: "rebind.example.test" });
    expect(await probe(check, 20_000, never(), means)).toMatchObject({ reason: "address-refused" });
  });

  it("that is called off says nothing and closes its socket", async () => {
    const over = new AbortController();
    const finding = await withDatagrams(
      () => over.abort(),
      (port) => runCheck(udp(port), 20_000, over.signal),
    );
    expect(finding).toMatchObject({ ok: false, reason: "no-time" });
    await expect.poll(openSockets).toEqual([]);
  });
});
