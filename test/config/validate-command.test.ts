import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { report } from "../../config/report.ts";
import { parse, withService } from "./sample.ts";

const launcher = fileURLToPath(new URL("../../bin/pointsman.js", import.meta.url));

describe("validate prints", () => {
  test("an error with its place, its path and what would be right", () => {
    const text = withService({ dns: "{ zoneId: Z0SHOP, name: shop.acme.com, type: A, tll: 15s }" });
    expect(report(parse(text))).toEqual([
      'pointsman.yaml:6:58 error services.shop.dns.tll: unknown key; did you mean "ttl"?',
      "1 error, 0 warnings",
    ]);
  });

  test("warnings, the worst case of each service and a summary", () => {
    expect(report(parse(withService({ mode: "shadow" })))).toEqual([
      "pointsman.yaml:5:11 warning services.shop.mode: mode shadow: this service tells what it would do and moves nothing; mode: armed, once you believe it",
      "shop: at worst an outage is detected after 18.0 s, and the last resolver has the new answer after 93.0 s",
      "shop: 92.91 s = interval 10 s + spread 0.01 s + timeout 3 s + confirm 4.9 s + propagation 60 s + ttl 15 s",
      "valid: 2 endpoints, 1 service, 5 locations; 1 warning",
    ]);
  });

  test("an error of the file as a whole", () => {
    expect(report(parse(""))[0]).toBe(
      "pointsman.yaml:1:1 error: the file is empty; locations and endpoints at least",
    );
  });
});

describe("the command, from another directory", () => {
  const directory = mkdtempSync(join(tmpdir(), "pointsman-"));
  const run = (...args: string[]) =>
    spawnSync(process.execPath, [launcher, ...args], { cwd: directory, encoding: "utf8" });

  test("takes pointsman.yaml by default, and another file by name", () => {
    expect(run("validate")).toMatchObject({
      status: 1,
      stdout: expect.stringContaining("no such file"),
      stderr: "",
    });
    writeFileSync(join(directory, "pointsman.yaml"), withService());
    expect(run("validate")).toMatchObject({
      status: 0,
      stdout: expect.stringContaining("valid: 2 endpoints"),
      stderr: "",
    });
    writeFileSync(join(directory, "bad.yaml"), "locations: []\n");
    const bad = run("validate", "bad.yaml");
    expect(bad).toMatchObject({ status: 1, stderr: "" });
    expect(bad.stdout).toContain("bad.yaml:1:12 error locations:");
  });

  test("explains itself", () => {
    expect(execFileSync(process.execPath, [launcher, "--help"], { encoding: "utf8" })).toContain("validate");
  });
});
