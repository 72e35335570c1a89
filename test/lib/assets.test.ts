import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Stack } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { expect, test } from "vitest";
import { Pointsman } from "../../lib/pointsman.ts";
import { parseValid, withEndpoint } from "../config/sample.ts";
import { assetFolder, type Deployed, deployed, newApp, resources } from "./deployed.ts";

const before = withEndpoint("https://docs.acme.com/");
const after = `${before}  api: https://api.acme.com/health\n`;
const [one, two] = [deployed(before, { bundle: true }), deployed(after, { bundle: true })];

/** The directory that becomes the zip of the function with this time-out. */
function assetOf(of: Deployed, Timeout: number): string {
  const [found] = Object.values(of.home.findResources("AWS::Lambda::Function", { Properties: { Timeout } }));
  return assetFolder(of, String(found?.["Properties"].Code.S3Key));
}

test("another endpoint is another asset of the sweep, and nothing else anywhere", () => {
  expect([...two.further].map(([region, template]) => [region, template.toJSON()])).toEqual(
    [...one.further].map(([region, template]) => [region, template.toJSON()]),
  );
  const differing = Object.entries(resources(one.home, "AWS::Lambda::Function")).filter(
    ([id, resource]) =>
      JSON.stringify(resource) !== JSON.stringify(resources(two.home, "AWS::Lambda::Function")[id]),
  );
  expect(differing.map(([id]) => id)).toEqual([expect.stringMatching(/SweepFunction/)]);
  const withoutCode = ({ home }: Deployed) => JSON.stringify(home).replace(/[0-9a-f]{64}/g, "");
  expect(withoutCode(two)).toBe(withoutCode(one));
});

test("two configs in one app are two assets", () => {
  const stack = new Stack(newApp(true), "Both");
  for (const [id, text] of Object.entries({ One: before, Two: after })) {
    new Pointsman(stack, id, { config: parseValid(text).config });
  }
  const functions = Object.values(resources(Template.fromStack(stack), "AWS::Lambda::Function"));
  // Two sweeps, and one probe function's code for both.
  expect(new Set(functions.map(({ Properties }) => JSON.stringify(Properties["Code"]))).size).toBe(3);
});

test("the sweep's asset holds its code and the compiled config; a probe's holds code only", () => {
  const sweep = assetOf(two, 300);
  const code = expect.stringMatching(/^(?:index|[\w-]+-[0-9A-Z]{8})\.mjs$/);
  const files = readdirSync(sweep).filter((file) => file !== "config.json");
  expect(files).toEqual(files.map(() => code));
  expect(files).toContain("index.mjs");
  expect(JSON.parse(readFileSync(join(sweep, "config.json"), "utf8"))).toEqual(parseValid(after).config);
  const probe = readdirSync(assetOf(two, 120));
  expect(probe).toEqual(probe.map(() => code));
});

test.each([300, 120])(
  "the code of the function with a time-out of %d s starts by itself and has a handler",
  (timeout) => {
    const script = 'const { handler } = await import("./index.mjs"); console.log(typeof handler);';
    const options = { cwd: assetOf(one, timeout), encoding: "utf8", env: {} } as const;
    expect(execFileSync(process.execPath, ["--input-type=module", "-e", script], options)).toBe("function\n");
  },
);

test.each([300, 120])(
  "so does what the function with a time-out of %d s loads when it needs it",
  (timeout) => {
    const cwd = assetOf(one, timeout);
    const files = readdirSync(cwd).filter((file) => file.endsWith(".mjs"));
    expect(files.length).toBeGreaterThan(1);
    const script = `for (const file of ${JSON.stringify(files)}) await import("./" + file);`;
    execFileSync(process.execPath, ["--input-type=module", "-e", script], { cwd, encoding: "utf8", env: {} });
  },
);
