import type { JsonWish } from "../lambda/core/config.ts";

/** What is wrong with a comparison, and what would be right. */
export type Complaint = { readonly complaint: string; readonly hint: string };

const steps = /\.([A-Za-z_][\w-]*)|\[(\d{1,9})\]|\[("(?:[^"\\]|\\.)*")\]/g;
const pathFirst = new RegExp(`^\\$?((?:${steps.source})*)(.*)$`, "s");
const comparison = /^\s*(==|!=|<=|>=|<|>)\s*(.*)$/s;

/** Reads `path exists` or `path operator value`; the value is JSON, so that text and numbers are told apart. */
export function parseJsonComparison(text: string): JsonWish | Complaint {
  const written = text.trim();
  // A path begins at `$`, which may be left out with the dot behind it.
  const [, walked = "", ...groups] = pathFirst.exec(/^[$[]/.test(written) ? written : `$.${written}`) ?? [];
  const rest = groups.at(-1) ?? "";
  const path = [...walked.matchAll(steps)].map(([, name, index, quoted]) =>
    quoted === undefined ? (name ?? Number(index)) : parsed(quoted),
  );
  if (path.every((step) => typeof step === "string" || typeof step === "number")) {
    if (/^\s+exists$/.test(rest)) return { text: written, path, op: "exists" };
    const [, op, value = ""] = comparison.exec(rest) ?? [];
    if (op !== undefined) return compared(written, path, op as Exclude<JsonWish["op"], "exists">, value);
  }
  return {
    complaint: `${JSON.stringify(text)} is no comparison`,
    hint: 'as status == "ok", queue.depth < 100 or checks[0].name exists',
  };
}

/** A value of JSON; undefined, which JSON does not know, for what is none. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function compared(
  text: string,
  path: JsonWish["path"],
  op: Exclude<JsonWish["op"], "exists">,
  written: string,
): JsonWish | Complaint {
  const value = parsed(written);
  if (value === undefined || (typeof value === "object" && value !== null)) {
    return {
      complaint: `${written === "" ? "nothing" : written} is no value to compare with`,
      hint: `text in double quotes, ${JSON.stringify(written)}; or a number, true, false, null`,
    };
  }
  const scalar = value as string | number | boolean | null;
  if (op === "==" || op === "!=") return { text, path, op, value: scalar };
  return typeof scalar === "number"
    ? { text, path, op, value: scalar }
    : { complaint: `${op} compares numbers, and ${written} is none`, hint: "write a number without quotes" };
}
