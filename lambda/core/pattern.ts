import { RE2JS } from "re2js";

/** A regular expression that takes time in proportion to the text, whatever the text. */
export type Pattern = { readonly test: (text: string) => boolean };

// Of the program, where RE2 has no shorter way: the time is this times the text's length, at worst.
const largestProgram = 100;

/** Compiles a pattern in RE2's syntax; what is wrong with it instead, in words. */
export function compilePattern(source: string): Pattern | string {
  try {
    const compiled = RE2JS.compile(source);
    return compiled.programSize() > largestProgram ? "too large: write smaller repeats" : compiled;
  } catch (error) {
    // It throws nothing but errors.
    return (error as Error).message;
  }
}
