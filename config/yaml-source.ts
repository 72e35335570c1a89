import {
  type Alias,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  type YAMLMap,
} from "yaml";
import { type Path, type Problem, quote } from "./finding.ts";
import { syntaxProblem } from "./yaml-syntax.ts";

export type Position = { readonly line: number; readonly column: number };

/** A file's text, read: its value as far as it could be read, what was wrong, and where everything stands. */
export type YamlSource = {
  readonly value: unknown;
  /** What YAML itself forbids: the value may be half of what was meant. */
  readonly syntax: readonly (Position & Omit<Problem, "path">)[];
  /** What YAML allows and we do not. */
  readonly problems: readonly (Position & Problem)[];
  /** The place of a path's value or key; for what is not there, the key of the nearest thing around it. */
  readonly locate: (path: Path, at?: "key" | "value") => Position;
};

/** A value and how many values it holds with its aliases expanded. */
type Read = { readonly value: unknown; readonly size: number };

type Reader = {
  readonly problems: (Problem & { readonly node: unknown })[];
  readonly anchors: Map<string, Node>;
  readonly targets: Map<Alias, Node>;
  readonly done: Map<Node, Read>;
};

/**
 * 200,000 values are ten times what 2,000 endpoints with every option need; aliases that expand to more are a
 * "billion laughs". 50 levels are ten times the depth of any config.
 */
const maxValues = 200_000;
const maxDepth = 50;

const nothing: Read = { value: undefined, size: 0 };

const complain = (reader: Reader, node: unknown, problem: Problem): Read => {
  reader.problems.push({ ...problem, node });
  return nothing;
};

const readAlias = (reader: Reader, alias: Alias, path: Path): Read => {
  const target = reader.anchors.get(alias.source);
  if (!target) {
    const hint = `write &${alias.source} before the value it stands for, above this line`;
    return complain(reader, alias, { path, message: `nothing is called *${alias.source} here`, hint });
  }
  reader.targets.set(alias, target);
  const read = reader.done.get(target);
  return (
    read ??
    complain(reader, alias, { path, message: `*${alias.source} stands for something that contains it` })
  );
};

/** `<<`: keys of other maps that this map does not have itself; the earlier source wins. */
const merge = (
  reader: Reader,
  into: Record<string, unknown>,
  value: unknown,
  mergeKey: unknown,
  path: Path,
): void => {
  for (const source of Array.isArray(value) ? value : [value]) {
    if (typeof source !== "object" || source === null || Array.isArray(source)) {
      complain(reader, mergeKey, { path, message: "<< takes a map or a list of maps, by alias" });
      continue;
    }
    for (const [key, inherited] of Object.entries(source)) {
      if (!Object.hasOwn(into, key)) into[key] = inherited;
    }
  }
};

const keyOf = (key: unknown): string => (isScalar(key) ? String(key.value) : String(key));

const readMap = (reader: Reader, map: YAMLMap, path: Path): Read => {
  const value: Record<string, unknown> = {};
  const inherited: { key: unknown; value: unknown }[] = [];
  let size = 1;
  for (const pair of map.items) {
    const key = keyOf(pair.key);
    const child = readNode(reader, pair.value, [...path, key]);
    size += child.size;
    if (key === "<<") inherited.push({ key: pair.key, value: child.value });
    else if (key === "__proto__") {
      // Assigned to, it would be no key of the value; zod leaves it out, so nothing would check what stands there.
      complain(reader, pair.key, { path: [...path, key], message: `${key} cannot be a key` });
    } else if (Object.hasOwn(value, key)) {
      const problem = {
        path: [...path, key],
        message: `duplicate key ${quote(key)}`,
        hint: "keep one of them",
      };
      complain(reader, pair.key, problem);
    } else value[key] = child.value;
  }
  for (const source of inherited) merge(reader, value, source.value, source.key, [...path, "<<"]);
  return { value, size };
};

const readNode = (reader: Reader, node: unknown, path: Path): Read => {
  if (path.length > maxDepth)
    return complain(reader, node, { path: [], message: `nested deeper than ${maxDepth} levels` });
  if (isAlias(node)) return readAlias(reader, node, path);
  const anchored = isNode(node) && "anchor" in node && node.anchor !== undefined ? node : undefined;
  if (anchored?.anchor !== undefined) reader.anchors.set(anchored.anchor, anchored);
  let read: Read = { value: isScalar(node) ? node.value : null, size: 1 };
  if (isMap(node)) read = readMap(reader, node, path);
  if (isSeq(node)) {
    const items = node.items.map((item, index) => readNode(reader, item, [...path, index]));
    read = { value: items.map((item) => item.value), size: items.reduce((sum, item) => sum + item.size, 1) };
  }
  if (anchored) reader.done.set(anchored, read);
  return read;
};

type Found = { readonly key: unknown; readonly value: unknown };

const resolved = (reader: Reader, node: unknown): unknown =>
  isAlias(node) ? reader.targets.get(node) : node;

/** The pair of a key, in the map itself or in what it merges. */
const findPair = (reader: Reader, map: YAMLMap, key: string): Found | undefined => {
  const own = map.items.find((pair) => keyOf(pair.key) === key);
  if (own) return own;
  for (const pair of map.items) {
    if (keyOf(pair.key) !== "<<") continue;
    const source = resolved(reader, pair.value);
    for (const one of isSeq(source) ? source.items : [source]) {
      const found = findIn(reader, one, key);
      if (found) return found;
    }
  }
  return undefined;
};

const findIn = (reader: Reader, node: unknown, step: string | number): Found | undefined => {
  const collection = resolved(reader, node);
  if (isMap(collection)) return findPair(reader, collection, String(step));
  const item = isSeq(collection) && typeof step === "number" ? collection.items[step] : undefined;
  return item === undefined ? undefined : { key: item, value: item };
};

const offsetOf = (node: unknown): number | undefined => (isNode(node) ? node.range?.[0] : undefined);

/** An empty value has no place of its own: its key's is taken. */
const isEmpty = (node: unknown): boolean => node === null || (isScalar(node) && node.source === "");

const offset = (reader: Reader, root: Node | null, path: Path, at: "key" | "value"): number => {
  let found: Found = { key: root, value: root };
  for (const step of path) {
    const next = findIn(reader, found.value, step);
    if (!next) return offsetOf(found.key) ?? 0;
    found = next;
  }
  return offsetOf(at === "key" || isEmpty(found.value) ? found.key : found.value) ?? 0;
};

/** Reads YAML 1.2 (one document, its keys taken as text). It never throws: what is wrong comes back in the result. */
export const readYaml = (text: string): YamlSource => {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    stringKeys: true,
    uniqueKeys: false,
    resolveKnownTags: false,
    logLevel: "error",
  });
  const position = (at: number): Position => {
    const { line, col } = lines.linePos(at);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const reader: Reader = { problems: [], anchors: new Map(), targets: new Map(), done: new Map() };
  const read = readNode(reader, document.contents, []);
  const bomb = reader.targets.size > 0 && read.size > maxValues;
  if (bomb)
    complain(reader, document.contents, {
      path: [],
      message: `its aliases expand to more than ${maxValues} values`,
    });
  const syntax = [...document.errors, ...document.warnings].map((error) => ({
    ...position(error.pos[0]),
    ...syntaxProblem(error),
  }));
  return {
    value: bomb ? undefined : read.value,
    syntax: firstOfEachLine(syntax),
    problems: reader.problems.map(({ node, ...problem }) => ({
      ...problem,
      ...position(offsetOf(node) ?? 0),
    })),
    locate: (path, at = "value") => position(offset(reader, document.contents, path, at)),
  };
};

/** One slip makes the parser complain several times: the first complaint about a line is the one that helps. */
const firstOfEachLine = <T extends Position>(found: readonly T[]): T[] =>
  [...new Map(found.toReversed().map((one) => [one.line, one])).values()].reverse();
