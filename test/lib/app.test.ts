import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, test } from "vitest";
import { withService } from "../config/sample.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), "pointsman-app-"));
afterAll(() => rmSync(scratch, { recursive: true }));

type Ended = { readonly status: number | null; readonly stderr: string };

/** Runs `bin/app.ts` as the `cdk` command does: it tells by the environment where to write, and the context. */
function synth(outdir: string, context: object = {}): Promise<Ended> {
  const { CDK_DEFAULT_ACCOUNT: _, ...env } = process.env;
  const child = spawn(process.execPath, ["--import", "tsx", "bin/app.ts"], {
    cwd: root,
    stdio: ["ignore", "ignore", "pipe"],
    env: {
      ...env,
      CDK_OUTDIR: join(scratch, outdir),
      CDK_CONTEXT_JSON: JSON.stringify({ "aws:cdk:bundling-stacks": [], ...context }),
    },
  });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (status) => resolve({ status, stderr }));
  });
}

test.concurrent("the pointsman.yaml in the repository deploys as it is, without credentials or a hosted zone", async ({
  expect,
}) => {
  const { status, stderr } = await synth("shipped");
  expect(stderr).toContain("valid: 1 endpoint, 0 services, 5 locations");
  expect(status).toBe(0);
  const templates = readdirSync(join(scratch, "shipped")).filter((file) => file.endsWith(".template.json"));
  expect(templates).toHaveLength(5);
});

test.concurrent("a broken file ends with every error and its place, and nothing is synthesized", async ({
  expect,
}) => {
  const file = join(scratch, "broken.yaml");
  writeFileSync(file, "locations: [eu-central-1]\nendpoints:\n  docs: htps://docs.acme.com/\nalert: []\n");
  const { status, stderr } = await synth("broken", { config: file });
  expect(status).toBe(1);
  expect(stderr).toContain(`${file}:3:9 error endpoints.docs`);
  expect(stderr).toContain(`${file}:4:1 error`);
  const templates = readdirSync(join(scratch, "broken")).filter((name) => name.endsWith(".template.json"));
  expect(templates).toEqual([]);
});

const hasCfnLint = spawnSync("cfn-lint", ["--version"]).status === 0;

test
  .skipIf(!hasCfnLint)
  .concurrent(
    "cfn-lint, where it is installed, has nothing against a config with a service",
    async ({ expect }) => {
      const file = join(scratch, "service.yaml");
      writeFileSync(file, withService());
      expect((await synth("service", { config: file })).status).toBe(0);
      const lint = spawnSync("cfn-lint", [join(scratch, "service", "*.template.json")], {
        cwd: root,
        encoding: "utf8",
      });
      expect(lint.stdout + lint.stderr).toBe("");
      expect(lint.status).toBe(0);
    },
  );
