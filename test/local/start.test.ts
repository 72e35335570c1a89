import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "pointsman-start-"));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Ended = { readonly code: number | null; readonly lines: readonly string[] };

/** Runs `npm start` without npm and without a terminal, and sends `signal` at the first line that matches. */
function start(args: readonly string[], signal?: NodeJS.Signals, at = /./): Promise<Ended> {
  const child = spawn(process.execPath, ["--import", "tsx", "local/start.ts", ...args], {
    cwd: root,
    env: { ...process.env, AWS_PROFILE: "production", AWS_ENDPOINT_URL: "https://dynamodb.amazonaws.com" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const lines: string[] = [];
  let isSent = false;
  for (const input of [child.stdout, child.stderr]) {
    createInterface({ input }).on("line", (line) => {
      lines.push(line);
      if (signal === undefined || isSent || !at.test(line)) return;
      isSent = true;
      child.kill(signal);
    });
  }
  return new Promise((resolve) => {
    child.on("close", (code) => resolve({ code, lines }));
  });
}

test.each(["SIGINT", "SIGTERM"] as const)(
  "the demonstration probes and ends cleanly on %s",
  async (signal) => {
    const { code, lines } = await start([], signal, /first probe of shop\/ireland/);
    expect(lines.join("\n")).toContain("No AWS account and no real DNS is touched");
    expect(lines.join("\n")).toMatch(/first probe of shop\/frankfurt from \S+: ● \d+ ms/);
    expect(lines.at(-1)).toBe("Pointsman has stopped; nothing is left running.");
    expect(lines.filter((line) => /warning|deprecat/i.test(line))).toEqual([]);
    expect(code).toBe(0);
  },
);

test("a config of one's own is probed for real", async () => {
  const file = join(folder, "my.yaml");
  writeFileSync(
    file,
    "locations: [eu-central-1]\nreferences: []\nendpoints: { mine: 'http://127.0.0.1:9/' }\n",
  );
  const { code, lines } = await start([file], "SIGINT", /first probe/);
  expect(lines.join("\n")).toMatch(/first probe of mine from eu-central-1: ✕ refused/);
  expect(code).toBe(0);
});

test("a config with errors is not run: they are printed as validate prints them", async () => {
  const { code, lines } = await start(["no-such.yaml"]);
  expect(lines[0]).toMatch(/^no-such\.yaml:1:1 error: there is no such file/);
  expect(code).toBe(1);
});
