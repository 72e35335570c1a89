import { mkdtempSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { probe } from "../../bin/commands/probe.ts";

let server: Server;
let port: number;

beforeAll(async () => {
  server = createServer((request, response) => {
    response.writeHead(request.url === "/good" ? 200 : 500).end("ok");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  port = (server.address() as AddressInfo).port;
});

afterAll(() => {
  server.close();
});

async function run(endpoints: string, options = {}): Promise<[number, string]> {
  const file = join(mkdtempSync(join(tmpdir(), "pointsman-")), "pointsman.yaml");
  writeFileSync(file, `locations: [eu-central-1]\nendpoints:\n${endpoints}\n`);
  const printed: string[] = [];
  const code = await probe(file, options, (text) => printed.push(text));
  return [code, printed.join("\n")];
}

test("everything up: a row each, exit code 0", async () => {
  const [code, printed] = await run(`  site: http://127.0.0.1:${port}/good\n  port: tcp://127.0.0.1:${port}`);
  expect(printed).toMatch(/site +up +\d+ ms +dns \d+, connect \d+, first byte \d+, body \d+$/m);
  expect(printed).toMatch(/port +up/);
  expect(code).toBe(0);
});

test("one failed: it is said why, exit code 1", async () => {
  const [code, printed] = await run(
    `  site: http://127.0.0.1:${port}/good\n  bad: http://127.0.0.1:${port}/bad`,
  );
  expect(printed).toMatch(/bad +failed .*status-unexpected \(the endpoint's fault\)/);
  expect(code).toBe(1);
});

test("--json: one object an endpoint, with the reason", async () => {
  const [code, printed] = await run(`  bad: http://127.0.0.1:${port}/bad`, { json: true });
  expect(JSON.parse(printed)).toMatchObject([
    {
      endpoint: "bad",
      ok: false,
      reason: "status-unexpected",
      fault: "endpoint",
      phases: { connect: expect.any(Number) },
    },
  ]);
  expect(code).toBe(1);
});

test("a config with errors: they are printed, nothing is probed", async () => {
  const [code, printed] = await run("  bad: gopher://nowhere");
  expect(printed).toContain("error endpoints.bad");
  expect(code).toBe(1);
});
