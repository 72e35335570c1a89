import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { severities } from "../../lambda/core/event.ts";

const page = readFileSync(new URL("../../docs/operations.md", import.meta.url), "utf8");

/** Filed, never told. */
const silent = new Set(["move-started", "seen-again", "order"]);

test.each(Object.entries(severities))(
  "docs/operations.md says what %s means, and that it is %s",
  (kind, severity) => {
    if (silent.has(kind)) expect(page).toContain(`\`${kind}\``);
    else expect(page).toMatch(new RegExp(`^### \`${kind}\` \\(${severity}`, "m"));
  },
);
