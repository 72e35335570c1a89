import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { loadConfig } from "../../config/load.ts";
import { head, parse, parseValid, unmark, withEndpoint } from "./sample.ts";

describe("what is no YAML, or more than one config, is refused where it stands", () => {
  test.each([
    ["a tab", `${head}endpoints:\n▸\tdocs: https://acme.com\n`, "tab"],
    ["a second document", `${withEndpoint("https://acme.com")}▸---\na: 1\n`, "second document"],
    ["an open quote", `${withEndpoint("'https://acme.com")}▸`, "closing 'quote"],
    ["an open bracket", `${withEndpoint("{ https: https://acme.com")}▸`, "end with a }"],
    ["a reserved character", withEndpoint("▸@acme"), "cannot start with this character"],
    ["two colons", withEndpoint("▸acme: docs: x"), 'second ": "'],
    ["a tag", withEndpoint("▸!!binary aGk="), "tags"],
    ["an unknown alias", withEndpoint("▸*none"), "nothing is called *none"],
    ["an alias inside itself", `${head}endpoints: &all\n  docs: ▸*all\n`, "contains it"],
    ["a merge of text", withEndpoint("{ ▸<<: text, https: https://acme.com }"), "<< takes a map"],
    [
      "a duplicate key",
      withEndpoint("{ https: https://acme.com, ▸https: https://acme.com }"),
      "duplicate key",
    ],
  ])("%s", (_what, written, message) => {
    const { text, line, column } = unmark(written);
    const loaded = parse(text);
    expect(loaded.ok ? [] : loaded.errors).toEqual([
      expect.objectContaining({ line, column, message: expect.stringContaining(message) }),
    ]);
  });

  test.each(["", "\n\n", "# only a comment\n", "---\n", "null\n", "\uFEFF"])("an empty file: %j", (text) => {
    expect(parse(text)).toMatchObject({
      ok: false,
      errors: [{ line: 1, column: 1, message: "the file is empty" }],
    });
  });

  test.each([
    ["text", "just text"],
    ["a list", "- a\n- b\n"],
  ])("a file that is %s", (_what, text) => {
    const [error, ...others] = ((loaded) => (loaded.ok ? [] : loaded.errors))(parse(text));
    expect(error?.message).toContain("must be a map");
    expect(others).toEqual([]);
  });

  test("aliases that multiply without end are refused at once", () => {
    const levels = Array.from({ length: 12 }, (_, i) => {
      const items =
        i === 0
          ? "1"
          : Array(9)
              .fill(`*x${i - 1}`)
              .join(",");
      return `x${i}: &x${i} [${items}]`;
    });
    const started = performance.now();
    const loaded = parse(`${head}${levels.join("\n")}\n`);
    expect(loaded.ok ? [] : loaded.errors.map((error) => error.message)).toContainEqual(
      expect.stringContaining("aliases expand"),
    );
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  test("bottomless nesting is refused", () => {
    for (const text of ["[".repeat(50_000), "{a: ".repeat(500), `a:\n${"  - ".repeat(2000)}`]) {
      expect(parse(text).ok).toBe(false);
    }
  });
});

describe("what YAML allows works", () => {
  test("anchors, aliases and merge keys, their own keys first", () => {
    const { config } = parseValid(`${head}endpoints:
  a: &base { https: https://acme.com, interval: 20s, timeout: 2s }
  b: { <<: *base, interval: 30s }
  c: { <<: [{ timeout: 1s }, *base] }
  d: *base
`);
    expect(config.endpoints.map(({ id, policy }) => [id, policy.intervalMs, policy.timeoutMs])).toEqual([
      ["a", 20_000, 2000],
      ["b", 30_000, 2000],
      ["c", 20_000, 1000],
      ["d", 20_000, 2000],
    ]);
  });

  test("a fault in what is merged is pointed at once, where it is written", () => {
    const { text, line, column } = unmark(`${head}endpoints:
  a: &base { https: https://acme.com, interval: ▸20 }
  b: { <<: *base }
  c: *base
`);
    expect(parse(text)).toMatchObject({ ok: false, errors: [{ line, column }] });
    expect(((loaded) => (loaded.ok ? [] : loaded.errors))(parse(text))).toHaveLength(1);
  });

  test("hundreds of aliases are no attack", () => {
    const more = Array.from({ length: 1500 }, (_, i) => `  e${i}: { <<: *base }`).join("\n");
    const { config } = parseValid(`${head}endpoints:\n  a: &base { https: https://acme.com }\n${more}\n`);
    expect(config.endpoints).toHaveLength(1501);
  });

  test("quoted or not, and ids that look like numbers or switches", () => {
    const { config } = parseValid(`${head}endpoints:
  1e3: { https: https://acme.com, interval: "20s" }
  no: { https: 'https://acme.com', interval: 20s }
`);
    expect(config.endpoints.map(({ id, policy }) => [id, policy.intervalMs])).toEqual([
      ["1e3", 20_000],
      ["no", 20_000],
    ]);
  });

  test("a section with nothing in it counts as left out", () => {
    expect(parse(`${withEndpoint("https://acme.com")}services:\n  # later\ndefaults:\n`).ok).toBe(true);
  });

  test.each([
    ["a byte order mark", (text: string) => `\uFEFF${text}`],
    ["Windows line ends", (text: string) => text.replaceAll("\n", "\r\n")],
  ])("%s moves no position", (_what, change) => {
    const { text, line, column } = unmark(withEndpoint("{ https: https://acme.com, timeout: ▸5 }"));
    expect(parse(change(text))).toMatchObject({ ok: false, errors: [{ line, column }] });
    const first = unmark(`▸alerts: []\nendpoints: { docs: https://acme.com }`);
    expect(parse(change(first.text))).toMatchObject({ ok: false, errors: [{ line: 1, column: 1 }] });
  });
});

describe("files that cannot be read say so", () => {
  const directory = mkdtempSync(join(tmpdir(), "pointsman-"));
  const errorOf = (file: string) => {
    const loaded = loadConfig(file);
    return loaded.ok ? undefined : loaded.errors.map((error) => [error.file, error.line, error.message]);
  };

  test("not there", () => {
    const file = join(directory, "none.yaml");
    expect(errorOf(file)).toEqual([[file, 1, "there is no such file"]]);
  });

  test("a directory", () => expect(errorOf(directory)).toEqual([[directory, 1, "this is a directory"]]));

  test("below a file", () => {
    writeFileSync(join(directory, "a"), "");
    expect(errorOf(join(directory, "a", "b.yaml"))?.[0]?.[2]).toContain("cannot be read");
  });

  test("no UTF-8", () => {
    const file = join(directory, "utf16.yaml");
    writeFileSync(file, Buffer.from(`\uFEFF${head}`, "utf16le"));
    expect(errorOf(file)).toEqual([[file, 1, "this is no UTF-8 text"]]);
  });
});
