import { spawnSync } from "node:child_process";

/** Lambda's Node: this one, or the one npm fetches; this one after all when there is no network. */
export function deployedNode(): string {
  if (process.versions.node.startsWith("24.")) return process.execPath;
  const args = ["-y", "node@24", "-p", "process.execPath"];
  const { status, stdout } = spawnSync("npx", args, { encoding: "utf8" });
  return status === 0 ? stdout.trim() : process.execPath;
}
