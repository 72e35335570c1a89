/** Text with a meaning, which a terminal shows as a colour. */
export type Style = "dim" | "bold" | "good" | "bad" | "warn" | "hand";

/** A piece of a line. Every character is one column wide: nothing else is written here. */
export type Span = string | readonly [text: string, style: Style];

export type Line = readonly Span[];

const codes: Record<Style, string> = {
  dim: "2",
  bold: "1",
  good: "32",
  bad: "1;31",
  warn: "33",
  hand: "36",
};

const textOf = (span: Span): string => (typeof span === "string" ? span : span[0]);

export const widthOf = (line: Line): number => line.reduce((sum, span) => sum + textOf(span).length, 0);

/** The line as it goes to the terminal, cut to `columns`. */
export function paint(line: Line, columns: number, color: boolean): string {
  let left = columns;
  let painted = "";
  for (const span of line) {
    const text = cut(textOf(span), left);
    left -= text.length;
    painted +=
      color && typeof span !== "string" && text !== "" ? `\x1b[${codes[span[1]]}m${text}\x1b[0m` : text;
  }
  return painted;
}

/** Nothing from outside can move the cursor or worse. */
export const clean = (text: string): string => text.replace(/[^\x20-\x7e\xa0-\uffff]/g, "?");

/** The text in at most `width` columns; an ellipsis tells that something was left out. */
export function cut(text: string, width: number): string {
  const safe = clean(text);
  if (safe.length <= width) return safe;
  return width > 0 ? `${safe.slice(0, width - 1)}…` : "";
}

/** The text in exactly `width` columns. */
export const pad = (text: string, width: number): string => cut(text, width).padEnd(width);

/** Text with line breaks in lines of at most `width` columns, broken between words where there are any. */
export function wrap(text: string, width: number): string[] {
  return text.split("\n").flatMap((paragraph) => {
    const lines: string[] = [];
    let rest = paragraph;
    while (rest.length > width) {
      const space = rest.lastIndexOf(" ", width);
      const end = space > 0 ? space : width;
      lines.push(rest.slice(0, end));
      rest = rest.slice(end).trimStart();
    }
    return [...lines, rest];
  });
}
