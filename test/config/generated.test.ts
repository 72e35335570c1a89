import { readFileSync } from "node:fs";
import { partition } from "@aws-sdk/core/client";
import { describe, expect, test } from "vitest";
import { configDocs, fullExample, smallExample } from "../../config/docs.ts";
import { checksDocs, httpExample } from "../../config/docs-checks.ts";
import { jsonSchema, jsonSchemaText } from "../../config/json-schema.ts";
import { loadConfig } from "../../config/load.ts";
import { regions } from "../../config/regions.ts";
import { httpKeys } from "../../config/schema-http.ts";
import { reasons } from "../../lambda/core/reason.ts";
import { parse } from "./sample.ts";

const committed = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

describe("generated files are in step: npm run docs", () => {
  test("pointsman.schema.json", () =>
    expect(committed("pointsman.schema.json") === jsonSchemaText()).toBe(true));
  test("docs/config.md", () => expect(committed("docs/config.md") === configDocs()).toBe(true));
  test("docs/checks.md", () => expect(committed("docs/checks.md") === checksDocs()).toBe(true));
});

test("docs/checks.md has every reason and every option of http", () => {
  const text = committed("docs/checks.md");
  for (const word of [...reasons, ...Object.keys(httpKeys)]) expect(text).toContain(`\n| \`${word}\` |`);
});

describe("the JSON Schema", () => {
  test("explains every key", () => {
    const unexplained: string[] = [];
    const walk = (value: unknown, path: string): void => {
      if (typeof value !== "object" || value === null) return;
      for (const [key, child] of Object.entries(value)) {
        if (path.endsWith("/properties") && !("description" in Object(child)))
          unexplained.push(`${path}/${key}`);
        walk(child, `${path}/${key}`);
      }
    };
    walk(jsonSchema(), "");
    expect(unexplained).toEqual([]);
  });

  test("knows the keys of the file and nothing else", () => {
    expect(jsonSchema()).toMatchObject({ additionalProperties: false, required: ["locations"] });
  });
});

describe("what people copy is valid", () => {
  test("the small example", () => expect(parse(smallExample)).toMatchObject({ ok: true }));
  test("the full example, without a warning", () => {
    expect(parse(fullExample)).toMatchObject({ ok: true, warnings: [] });
  });
  test("the example of an http check", () => {
    expect(parse(httpExample)).toMatchObject({ ok: true, warnings: [{ path: "alerts" }] });
  });
  test("the file that is shipped, but for alerts", () => {
    const file = new URL("../../pointsman.yaml", import.meta.url).pathname;
    const loaded = loadConfig(file);
    expect(loaded).toMatchObject({ ok: true, config: { services: [] } });
    expect(loaded.ok && loaded.config.endpoints).toHaveLength(1);
    expect(loaded.warnings.map((one) => one.path)).toEqual(["alerts"]);
  });
  test("the commented part of the file that is shipped, once it is the user's own", () => {
    const text = committed("pointsman.yaml")
      .replaceAll(/^( *)# (?=( |alerts:|services:|defaults:|api:|db:))/gm, "$1")
      .replaceAll("your-company.com", "acme.com")
      .replaceAll(/203\.0\.113\.10|198\.51\.100\.20/g, (address) => address.replace(/^\d+/, "3"));
    const loaded = parse(text);
    expect(loaded).toMatchObject({ ok: true, config: { services: [{ id: "shop" }] } });
    expect(loaded.ok && loaded.config.endpoints).toHaveLength(5);
  });
});

test.each(regions)("the AWS SDK knows the Region %s, in the partition aws", (region) => {
  const known = partition(region);
  expect(known).toMatchObject({ name: "aws", description: expect.any(String) });
});
