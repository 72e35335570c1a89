import { afterEach, expect, test } from "vitest";
import { openProber } from "../../lambda/checks/registry.ts";
import type { HttpCheck } from "../../lambda/core/config.ts";
import { type Breakage, breakages, type DemoSite, startDemoSite } from "../../local/demo-servers.ts";

let site: DemoSite | undefined;

afterEach(() => site?.close());

/** What the demonstration's check finds. */
async function probe({ port }: DemoSite): Promise<string> {
  const check: HttpCheck = {
    type: "http",
    url: `http://shop.example.com:${port}/health`,
    connect: { host: "127.0.0.1", port },
    method: "GET",
    headers: {},
    status: [[200, 200]],
    contains: '"ok":true',
    withinMs: 200,
    redirects: 0,
    verifyCertificate: true,
  };
  const prober = openProber();
  const finding = await prober.runCheck(check, 600, new AbortController().signal);
  prober.close();
  return finding.ok ? "ok" : finding.reason;
}

const found: Record<Breakage, string> = {
  refuse: "connect-refused",
  "time out": "first-byte-timeout",
  "500": "status-unexpected",
  slow: "too-slow",
  "403": "refused-to-us",
};

test.each(breakages)("broken by %s it fails in its own way, and is healed at the same port", async (how) => {
  site = await startDemoSite("frankfurt", 400);
  expect(await probe(site)).toBe("ok");
  await site.break(how);
  expect(site.breakage()).toBe(how);
  expect(await probe(site)).toBe(found[how]);
  await site.heal();
  expect(await probe(site)).toBe("ok");
});

test("it can be broken in one way after the other", async () => {
  site = await startDemoSite("frankfurt", 400);
  await site.break("refuse");
  await site.break("refuse");
  await site.break("500");
  expect(await probe(site)).toBe("status-unexpected");
});

test("a person who looks sees which site answers", async () => {
  site = await startDemoSite("ireland", 400);
  const response = await fetch(`http://127.0.0.1:${site.port}/health`);
  expect(await response.json()).toEqual({ ok: true, site: "ireland" });
});
