import { describe, expect, test } from "vitest";
import { nameFromWire, nameToWire, normalizeName } from "../../../local/route53/names.ts";

describe("a name as Route 53 spells it (Developer Guide, DNS domain name format)", () => {
  test.each([
    ["lower-case, with a dot at the end", "WWW.Example.COM", "www.example.com."],
    ["the final dot makes no difference", "www.example.com.", "www.example.com."],
    ["a wildcard", "*.example.com", "\\052.example.com."],
    ["a wildcard already escaped", "\\052.example.com", "\\052.example.com."],
    ["an asterisk elsewhere", "ex*mple.com", "ex\\052mple.com."],
    ["hyphen and underscore stay", "_a-b.example.com", "_a-b.example.com."],
    ["a letter in escape codes", "\\101.example.com", "a.example.com."],
    ["a dot within a label", "a\\056b.example.com", "a\\056b.example.com."],
    ["a byte beyond ASCII", "\\303\\244.example.com", "\\303\\244.example.com."],
    ["255 bytes on the wire", `${"a.".repeat(125)}abc`, `${"a.".repeat(125)}abc.`],
    ["the longest label", `${"a".repeat(63)}.example.com`, `${"a".repeat(63)}.example.com.`],
  ])("%s", (_, given, spelt) => expect(normalizeName(given)).toBe(spelt));

  test.each([
    ["empty", ""],
    ["the root", "."],
    ["an empty label", "a..example.com"],
    ["a label of 64 bytes", `${"a".repeat(64)}.example.com`],
    ["256 bytes on the wire", `${"a.".repeat(125)}abcd`],
    ["a space", "a b.example.com"],
    ["a letter beyond ASCII, unescaped", "ä.example.com"],
  ])("refused: %s", (_, given) => expect(normalizeName(given)).toBeUndefined());

  test.each([
    ["*.Example.com", "\\052.example.com."],
    ["ä.example.com", "\\303\\244.example.com."],
  ])("from the wire: %s", (wire, spelt) => expect(nameFromWire(wire)).toBe(spelt));

  test("to the wire", () => expect(nameToWire("\\052.\\303\\244.example.com.")).toBe("*.ä.example.com"));
});
