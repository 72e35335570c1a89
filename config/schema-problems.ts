import type { z } from "zod";
import { blank, type Draft, valueAt } from "./draft.ts";
import { type Path, type Problem, quote } from "./finding.ts";
import { type FileConfig, fileSchema } from "./schema.ts";
import { suggestion } from "./suggest.ts";

type Issue = z.core.$ZodIssue;

const typeNames: Readonly<Record<string, string>> = {
  object: "a map",
  record: "a map",
  array: "a list",
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
};

const nameOf = (value: unknown): string => {
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a map";
  return quote(value);
};

const unknownKeys = (path: Path, keys: readonly string[], known: readonly string[]): Problem[] =>
  keys.map((key) => ({
    path: [...path, key],
    at: "key",
    message: "unknown key",
    hint: suggestion(key, known),
  }));

const wrongType = (path: Path, expected: string, value: unknown): Problem => ({
  path,
  message: `must be ${typeNames[expected] ?? expected}, not ${nameOf(value)}`,
  hint: expected === "array" && typeof value !== "object" ? `as a list: [${String(value)}]` : undefined,
});

const wrongChoice = (path: Path, values: readonly unknown[], value: unknown): Problem => {
  const choices = values.map(String);
  return {
    path,
    message: `must be ${choices.map((choice) => JSON.stringify(choice)).join(" or ")}, not ${nameOf(value)}`,
    hint: choices.length > 0 ? suggestion(String(value), choices) : undefined,
  };
};

/** Our own words have a second line (`say`); zod's have not. */
const said = (path: Path, message: string): Problem => {
  const [what = "", hint] = message.split("\n", 2);
  return { path, message: what, hint: hint || undefined };
};

/** Of a union the one branch whose type fits what was written; without one, the union's own words. */
const unionProblems = (issue: z.core.$ZodIssueInvalidUnion, path: Path, root: unknown): Problem[] => {
  const fitting = issue.errors.filter(
    (issues) => !issues.some((one) => one.path.length === 0 && one.code === "invalid_type"),
  );
  const [branch] = fitting;
  if (fitting.length !== 1 || !branch) return [said(path, issue.message)];
  return branch.flatMap((one) => problemsOf(one, path, root));
};

/** A key without a value that could be read: the reader has complained about it already. */
const hasKey = (root: unknown, path: Path): boolean => {
  const parent = valueAt(root, path.slice(0, -1));
  const [last] = path.slice(-1);
  return last !== undefined && typeof parent === "object" && parent !== null && Object.hasOwn(parent, last);
};

const problemsOf = (issue: Issue, base: Path, root: unknown): Problem[] => {
  const path: Path = [...base, ...issue.path.map((step) => (typeof step === "number" ? step : String(step)))];
  const value = valueAt(root, path);
  if (value === undefined && hasKey(root, path)) return [];
  if (value === undefined) return [{ path, missing: true, message: "is missing" }];
  if (value === null) return [{ path, message: "has no value", hint: "write one, or remove the key" }];
  if (issue.code === "unrecognized_keys") return unknownKeys(path, issue.keys, issue.message.split(" "));
  if (issue.code === "invalid_union") return unionProblems(issue, path, root);
  if (issue.message.includes("\n")) return [said(path, issue.message)];
  if (issue.code === "invalid_type") return [wrongType(path, issue.expected, value)];
  if (issue.code === "invalid_value") return [wrongChoice(path, issue.values, value)];
  return [said(path, issue.message)];
};

/**
 * What the schema alone finds wrong, and what is left when that is taken out, for the rules that need two values;
 * no draft when the file is no map at all.
 */
export const checkSchema = (value: unknown): { problems: Problem[]; draft?: Draft<FileConfig> } => {
  const result = fileSchema.safeParse(value);
  const problems = result.success ? [] : result.error.issues.flatMap((issue) => problemsOf(issue, [], value));
  if (typeof value !== "object" || value === null || Array.isArray(value)) return { problems };
  const wrong = problems.filter((problem) => problem.at !== "key").map((problem) => problem.path);
  return { problems, draft: blank(value, wrong) as Draft<FileConfig> };
};
