import { loadConfig } from "../config/load.ts";
import { report } from "../config/report.ts";

type Loaded = Extract<ReturnType<typeof loadConfig>, { ok: true }>;

/** What is in a config's file; none where it has errors, which are printed, each with its place. */
export function readConfig(file: string, print: (text: string) => void): Loaded | undefined {
  const loaded = loadConfig(file);
  if (loaded.ok) return loaded;
  print(report(loaded).join("\n"));
  return undefined;
}
