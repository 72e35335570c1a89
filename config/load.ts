import { readFileSync } from "node:fs";
import type { Config } from "../lambda/core/config.ts";
import { advise } from "./advice.ts";
import { compileConfig, compileSettings, type Settings } from "./compile.ts";
import { type Finding, formatPath, type Path, type Problem } from "./finding.ts";
import { checkRules, type RuleOptions } from "./rules.ts";
import type { FileConfig } from "./schema.ts";
import { checkSchema } from "./schema-problems.ts";
import { type Position, readYaml, type YamlSource } from "./yaml-source.ts";

/** A config that can run, or everything that keeps it from running. */
export type Loaded =
  | {
      readonly ok: true;
      readonly config: Config;
      readonly settings: Settings;
      readonly warnings: readonly Finding[];
    }
  | { readonly ok: false; readonly errors: readonly Finding[]; readonly warnings: readonly Finding[] };

const refuse = (file: string, message: string, hint?: string): Loaded => ({
  ok: false,
  errors: [{ file, line: 1, column: 1, path: "", message, ...(hint !== undefined && { hint }) }],
  warnings: [],
});

/** Problems with their places, in the order of the file, each once however often an alias repeats it. */
const inOrder = (findings: readonly Finding[]): Finding[] =>
  [
    ...new Map(
      findings.map((one) => [`${one.line}:${one.column}:${one.message}`, one] as const).toReversed(),
    ).values(),
  ].sort((a, b) => a.line - b.line || a.column - b.column);

type Placed = Position & Omit<Problem, "path"> & { readonly path?: Path };

const finding = (file: string, { line, column, path = [], message, hint }: Placed): Finding => ({
  file,
  line,
  column,
  path: formatPath(path),
  message,
  ...(hint !== undefined && { hint }),
});

const located = (problems: readonly Problem[], source: YamlSource): Placed[] =>
  problems.map((problem) => ({ ...problem, ...source.locate(problem.path, problem.at) }));

/** A section without content (everything under it commented out) is a section that is not there. */
const withoutEmptySections = (value: unknown): unknown =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).filter(([, section]) => section !== null))
    : value;

/**
 * Where YAML itself is broken, what seems to be missing may only have been swallowed, and the broken line says
 * nothing for sure.
 */
const believable = (problems: readonly Problem[], source: YamlSource): Placed[] => {
  const placed = located(problems, source);
  if (source.syntax.length === 0) return placed;
  const broken = new Set(source.syntax.map((one) => one.line));
  return placed.filter((problem) => !problem.missing && !broken.has(problem.line));
};

/** Reads a config from text. It never throws; `file` is what findings call the text. */
export const parseConfig = (text: string, file: string, options: RuleOptions = {}): Loaded => {
  const source = readYaml(text.replace(/^\uFEFF/, ""));
  const unreadable = [...source.syntax, ...source.problems];
  if (source.value == null && unreadable.length === 0) {
    return refuse(file, "the file is empty", "locations and endpoints at least");
  }
  const { problems, draft } = checkSchema(withoutEmptySections(source.value));
  const ruled = draft ? checkRules(draft, options) : [];
  const errors = [...unreadable, ...believable([...problems, ...ruled], source)];
  const warnings = draft ? believable(advise(draft), source).map((one) => finding(file, one)) : [];
  if (!draft || errors.length > 0) {
    return {
      ok: false,
      errors: inOrder(errors.map((one) => finding(file, one))),
      warnings: inOrder(warnings),
    };
  }
  // Without an error nothing was taken out of the draft: it is the whole file.
  const whole = draft as FileConfig;
  const [config, settings] = [compileConfig(whole), compileSettings(whole)];
  return { ok: true, config, settings, warnings: inOrder(warnings) };
};

const fileErrors: Readonly<Record<string, readonly [string, string]>> = {
  ENOENT: ["there is no such file", "name the config, or run this where pointsman.yaml is"],
  EISDIR: ["this is a directory", "name the file in it"],
  EACCES: ["this file may not be read", "check its permissions"],
};

const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : String(error);

/** Reads a config file. It never throws: a file that cannot be read is an error like any other. */
export const loadConfig = (file: string, options: RuleOptions = {}): Loaded => {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    const [message, hint] = fileErrors[codeOf(error)] ?? [`this file cannot be read: ${codeOf(error)}`];
    return refuse(file, message, hint);
  }
  try {
    return parseConfig(new TextDecoder("utf-8", { fatal: true }).decode(bytes), file, options);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return refuse(file, "this is no UTF-8 text", "save it as UTF-8");
  }
};
