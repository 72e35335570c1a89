import type { JsonWish } from "../core/config.ts";

/** The first of `wishes` that does not hold in this text, and in which way; undefined when all do. */
export function jsonLack(text: string, wishes: readonly JsonWish[]): string | undefined {
  let document: unknown;
  try {
    // A byte order mark is no part of JSON (RFC 8259, 8.1), and parsers may ignore it.
    document = JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch {
    return "a body that is not JSON";
  }
  const broken = wishes.find((wish) => !holds(wish, document));
  return broken && `JSON in which ${broken.text} does not hold`;
}

/** What is not there fulfils no wish; numbers are compared with numbers only. */
function holds(wish: JsonWish, document: unknown): boolean {
  const found = valueAt(document, wish.path);
  if (found === undefined) return false;
  switch (wish.op) {
    case "exists":
      return true;
    case "==":
      return found === wish.value;
    case "!=":
      return found !== wish.value;
    default:
      return typeof found === "number" && compare[wish.op](found, wish.value);
  }
}

const compare: Readonly<Record<"<" | "<=" | ">" | ">=", (a: number, b: number) => boolean>> = {
  "<": (a, b) => a < b,
  "<=": (a, b) => a <= b,
  ">": (a, b) => a > b,
  ">=": (a, b) => a >= b,
};

/** JSON knows no undefined, so that is what is not there. Keys of a text's or a list's own making are not data. */
function valueAt(document: unknown, path: JsonWish["path"]): unknown {
  let value = document;
  for (const step of path) {
    if (typeof value !== "object" || value === null) return undefined;
    if (Array.isArray(value) !== (typeof step === "number") || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<string | number, unknown>)[step];
  }
  return value;
}
