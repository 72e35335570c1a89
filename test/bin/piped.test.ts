import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const launcher = fileURLToPath(new URL("../../bin/pointsman.js", import.meta.url));

test("a reader that leaves, as head does, changes neither what is done nor the exit code", {
  timeout: 120_000,
}, async () => {
  const child = spawn(process.execPath, [launcher, "validate", "no-such-file.yaml"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  child.stdout.destroy();
  const [code] = await once(child, "exit");
  expect(code).toBe(1);
});
