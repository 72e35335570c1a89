import { expect, test } from "vitest";
import { parse, unmark } from "./sample.ts";

/** What was written, ▸ before the place the error must point at; the path; parts of the message and of the hint. */
export type Row = readonly [written: string, path: string, message: string, hint?: string];

export const refusesEach = (rows: readonly Row[]) => {
  for (const [written, path, message, hint = ""] of rows) {
    test(`${path || "the file"}: ${message}: ${written.split("\n").find((line) => line.includes("▸"))}`, () => {
      const { text, line, column } = unmark(written);
      const loaded = parse(text);
      const errors = loaded.ok ? [] : loaded.errors;
      expect(errors).toHaveLength(1);
      expect(errors[0]).toMatchObject({ file: "pointsman.yaml", line, column, path });
      expect(errors[0]?.message).toContain(message);
      expect(errors[0]?.hint ?? "").toContain(hint);
    });
  }
};
