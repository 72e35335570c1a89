import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { buildSync, type Metafile } from "esbuild";
import { buildOptions, type FunctionName } from "../lib/bundle.ts";
import { deployedNode } from "./deployed-node.ts";

// What is deployed: how large what each function loads at its start is, what it is made of, and how long a fresh
// process of Lambda's Node takes to import it. The same options as at synth time.

const sizeBarKb = 700;
const importBarMs = 250;
const rounds = 11;

/** The package an input belongs to; our own code by its folder. */
function packageOf(path: string): string {
  const [, scoped, plain] = /.*node_modules\/(?:(@[^/]+\/[^/]+)|([^/]+))/.exec(path) ?? [];
  return scoped ?? plain ?? path.split("/").slice(0, 2).join("/");
}

/** The files that are loaded at the start: `index.mjs` and what it imports, not what it may import later. */
function loaded({ outputs }: Metafile): Metafile["outputs"][string][] {
  const files = new Set(Object.keys(outputs).filter((file) => file.endsWith("/index.mjs")));
  for (const file of files) {
    for (const { path, kind } of outputs[file]?.imports ?? []) {
      if (kind === "import-statement" && path in outputs) files.add(path);
    }
  }
  return [...files].flatMap((file) => outputs[file] ?? []);
}

const sizeOf = (outputs: readonly { readonly bytes: number }[]): number =>
  outputs.reduce((sum, { bytes }) => sum + bytes, 0);

function composition(metafile: Metafile): [string, number][] {
  const bytes = new Map<string, number>();
  for (const output of loaded(metafile)) {
    for (const [path, { bytesInOutput }] of Object.entries(output.inputs)) {
      bytes.set(packageOf(path), (bytes.get(packageOf(path)) ?? 0) + bytesInOutput);
    }
  }
  return [...bytes].sort(([, a], [, b]) => b - a);
}

/** Each in a fresh process, as a sandbox starts; the file is in the disk's cache after the first. */
function importTimesMs(node: string, file: string): number[] {
  const script = `const from = performance.now();
    await import(${JSON.stringify(pathToFileURL(file).href)});
    console.log(performance.now() - from);`;
  return Array.from({ length: rounds }, () =>
    Number(execFileSync(node, ["--input-type=module", "-e", script], { encoding: "utf8" })),
  ).sort((a, b) => a - b);
}

const kb = (bytes: number): string => `${(bytes / 1024).toFixed(1).padStart(7)} KB`;

function judge(name: FunctionName, node: string, directory: string): boolean {
  const { metafile } = buildSync({ ...buildOptions(name, directory), metafile: true });
  const bytes = sizeOf(loaded(metafile));
  const all = sizeOf(Object.values(metafile.outputs));
  const times = importTimesMs(node, join(directory, "index.mjs"));
  const medianMs = times[rounds >> 1] ?? Number.NaN;
  const small = bytes <= sizeBarKb * 1024;
  const quick = medianMs <= importBarMs;
  console.log(`${name}`);
  console.log(`  at the start ${kb(bytes)}   bar ${sizeBarKb} KB: ${small ? "kept" : "BROKEN"}`);
  console.log(`  with the rest${kb(all)}`);
  console.log(
    `  cold import  ${medianMs.toFixed(0).padStart(7)} ms   bar ${importBarMs} ms: ${quick ? "kept" : "BROKEN"}` +
      `   (median of ${rounds}; slowest ${times.at(-1)?.toFixed(0)} ms)`,
  );
  for (const [part, partBytes] of composition(metafile).slice(0, 12))
    console.log(`  ${kb(partBytes)}  ${part}`);
  return small && quick;
}

const node = deployedNode();
const version = execFileSync(node, ["--version"], { encoding: "utf8" }).trim();
console.log(`the deployed files, minified, imported by Node ${version}`);
const directory = mkdtempSync(join(tmpdir(), "pointsman-bundle-"));
try {
  const good = (["sweep", "probe", "beat"] as const).map((name) => judge(name, node, join(directory, name)));
  if (good.includes(false)) process.exitCode = 1;
} finally {
  rmSync(directory, { recursive: true });
}
