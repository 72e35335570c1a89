/** The way to a value in the file: keys of maps and indexes of lists. */
export type Path = readonly (string | number)[];

/** Something wrong or unwise, not yet looked up in the text. */
export type Problem = {
  readonly path: Path;
  /** Whether the key or the value is to be pointed at; the value unless said. */
  readonly at?: "key" | "value";
  /** The path leads to something that should be there and is not. */
  readonly missing?: boolean;
  /** What is wrong. */
  readonly message: string;
  /** What would be right. */
  readonly hint?: string | undefined;
};

/** A problem with its place in the text; lines and columns count from 1. */
export type Finding = {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** `services.shop.targets[1].value`; empty for the file as a whole. */
  readonly path: string;
  readonly message: string;
  readonly hint?: string;
};

/** A path as people write it; keys that are no plain words are quoted. */
export const formatPath = (path: Path): string =>
  path
    .map((step, index) => {
      if (typeof step === "number") return `[${step}]`;
      if (!/^[\w-]+$/.test(step)) return `[${JSON.stringify(step)}]`;
      return index === 0 ? step : `.${step}`;
    })
    .join("");

/** A value in a message: quoted, with control characters escaped, and cut when it is long. */
export const quote = (value: unknown): string => {
  const text = String(value);
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 57)}...` : text);
};
