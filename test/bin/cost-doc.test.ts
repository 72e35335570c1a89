import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { checksBill, total } from "../../bin/cost/bill.ts";
import { usageOf } from "../../bin/cost/usage.ts";
import { head, parseValid } from "../config/sample.ts";

const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");

const dollars = (value: number): string =>
  value.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });

test.each([1, 10, 100, 500])(
  "the README's costs of %i endpoints are those that the command works out",
  (count) => {
    const endpoints = Array.from(
      { length: count },
      (_, i) => `  site-${i}: https://site-${i}.acme.com/health\n`,
    );
    const { config } = parseValid(`${head}endpoints:\n${endpoints.join("")}`);
    const { list, atLeast } = total(usageOf(config, 1));
    const cells = [
      list,
      atLeast,
      checksBill(config.endpoints, "other", 10),
      checksBill(config.endpoints, "aws", 30),
    ].map(dollars);
    expect(readme).toContain(`| ${count} | ${cells.join(" | ")} |`);
  },
);
