/**
 * Names as Route 53 spells them: lower-case, with a trailing dot, everything but a-z 0-9 - _ as a three-digit
 * octal code (`*` = `\052`). Source: Developer Guide, "DNS domain name format".
 */

/** A label and a name as the wire counts them (RFC 1035, 2.3.4). */
const maxLabelBytes = 63;
const maxNameBytes = 255;

export const wildcardLabel = "\\052";

/** Labels that are spelt as they are. */
const plain = /^(?:[a-z0-9_-]{1,63}\.)+$/;

/** Route 53's spelling of a name given to its API, or undefined when no name is spelt like that. */
export function normalizeName(text: string): string | undefined {
  const dotted = `${withoutDot(text)}.`;
  if (dotted.length < maxNameBytes && plain.test(dotted)) return dotted;
  if (/[^\x21-\x7e]/.test(text)) return undefined;
  return spell(withoutDot(text).split(".").map(decodeOctal));
}

/** Route 53's spelling of a name as dns-packet reads it from a query: raw characters, no final dot. */
export function nameFromWire(text: string): string | undefined {
  const bytes = Buffer.from(withoutDot(text), "utf8").toString("latin1");
  return spell(bytes.split("."));
}

/** A name in Route 53's spelling as dns-packet writes it to the wire. */
export function nameToWire(name: string): string {
  return Buffer.from(decodeOctal(withoutDot(name)), "latin1").toString("utf8");
}

/** The key of Route 53's order of record sets: `com.example.www.` (API_ListResourceRecordSets, "Sort order"). */
export function reversedLabels(name: string): string {
  return `${withoutDot(name).split(".").reverse().join(".")}.`;
}

/** Whether a name is the zone's own or below it; both normalized. */
export function isWithin(name: string, zoneName: string): boolean {
  return name === zoneName || name.endsWith(`.${zoneName}`);
}

/** The name without its first label. */
export function parentName(name: string): string {
  return name.slice(name.indexOf(".") + 1);
}

function spell(labels: readonly string[]): string | undefined {
  if (labels.some((label) => label.length < 1 || label.length > maxLabelBytes)) return undefined;
  const bytes = labels.reduce((sum, label) => sum + label.length + 1, 1);
  return bytes > maxNameBytes ? undefined : `${labels.map(escapeLabel).join(".")}.`;
}

function escapeLabel(label: string): string {
  const lower = label.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
  return lower.replace(/[^a-z0-9_-]/g, (char) => `\\${char.charCodeAt(0).toString(8).padStart(3, "0")}`);
}

function decodeOctal(text: string): string {
  return text.replace(/\\([0-3][0-7]{2})/g, (_, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  );
}

function withoutDot(text: string): string {
  return text.endsWith(".") ? text.slice(0, -1) : text;
}
