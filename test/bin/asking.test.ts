import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { askAt } from "../../bin/operator/open-desk.ts";

test.each([
  ["y", "y\n", true],
  ["yes, in capitals", " YES \n", true],
  ["no", "n\n", false],
  ["nothing", "\n", false],
  ["something that begins with it", "yesterday\n", false],
  ["the end of the input, as by Ctrl-D", "", false],
  ["Ctrl-C", "\u0003", false],
])("a person who types %s is asked once, and that is taken for what it is", async (_, typed, isYes) => {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const asked = askAt(input, output, "Do it? [y/N] ");
  input.end(typed);
  expect(await asked).toBe(isYes);
  output.end();
  expect(await text(output)).toContain("Do it? [y/N] ");
});
