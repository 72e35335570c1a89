import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { combinations, schemes } from "../../config/schemes.ts";
import { head, parse } from "./sample.ts";

const page = readFileSync(new URL("../../docs/checks.md", import.meta.url), "utf8");
const examples = [...page.matchAll(/```yaml\n(.*?)```/gs)].map(([, yaml = ""]) => yaml);

test.each(examples)("docs/checks.md: what people copy is valid: %s", (yaml) => {
  const loaded = parse(yaml.startsWith("locations:") ? yaml : head + yaml);
  expect(loaded.ok ? [] : loaded.errors).toEqual([]);
});

test.each([...schemes.filter((scheme) => !scheme.startsWith("http")), ...combinations])(
  "docs/checks.md has a section on %s",
  (scheme) => {
    expect(page).toMatch(new RegExp(`^### .*\`${scheme}\``, "m"));
  },
);
