import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compilePattern } from "../../lambda/core/pattern.ts";

const matches = (source: string, text: string): boolean => {
  const pattern = compilePattern(source);
  if (typeof pattern === "string") throw new Error(pattern);
  return pattern.test(text);
};

describe("a pattern", () => {
  test.each([
    ["^version \\d+$", "version 12", true],
    ["^version \\d+$", "version x", false],
    ["grüße|GRÜSSE", "viele grüße", true],
    ["(?i)healthy", "HEALTHY", true],
    ["", "anything", true],
  ])("%s in %s: %s", (source, text, is) => expect(matches(source, text)).toBe(is));

  test.each([
    ["(", "missing"],
    ["(?=ahead)", "invalid"],
    ["(a)\\1", "invalid"],
    ["(?:[ab]{1,30}){1,30}", "too large"],
  ])("%s is refused: %s", (source, why) => expect(compilePattern(source)).toContain(why));

  test("that is plain text is found where the text is", () => {
    const word = fc.stringMatching(/^[a-z ]{0,8}$/);
    fc.assert(
      fc.property(word, fc.string(), (needle, hay) => {
        expect(matches(needle, hay)).toBe(hay.includes(needle));
      }),
    );
  });
});
