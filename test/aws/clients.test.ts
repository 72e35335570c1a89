import { once } from "node:events";
import type { RequestListener, ServerResponse } from "node:http";
import { connect } from "node:net";
import { platform } from "node:os";
import { Worker } from "node:worker_threads";
import { DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { describe, expect, onTestFinished, test } from "vitest";
import { clientSettings } from "../../lambda/aws/clients.ts";
import { clientOf } from "../../local/aws-environment.ts";
import { serveLoopback } from "../../local/loopback-server.ts";
import { loopback } from "../../local/route53/listen.ts";

/** Whoever hangs is not waited for. */
const hangsAfterMs = 10_000;

const clientAt = (url: string, settings: ReturnType<typeof clientSettings>) => {
  const client = new DynamoDBClient({ ...clientOf("eu-central-1", url), ...settings });
  onTestFinished(() => client.destroy());
  return client;
};

describe("a call ends with an error", { timeout: hangsAfterMs }, () => {
  test.each<[string, RequestListener]>([
    ["never answers", () => {}],
    ["puts it off again and again", (_, response) => putOff(response)],
    [
      "answers a status and no more",
      (_, response) => response.writeHead(200, { "content-length": 100 }).flushHeaders(),
    ],
    [
      "stops in the middle of its answer",
      (_, response) => void response.writeHead(200, { "content-length": 100 }).write('{"TableNames":'),
    ],
  ])("when a server takes the request and %s", async (_, answer) => {
    const server = await serveLoopback(answer);
    onTestFinished(server.close);
    for (const attempts of [1, 2]) {
      const call = clientAt(server.url, clientSettings(attempts, 50)).send(new ListTablesCommand({}));
      await expect(call).rejects.toMatchObject({ name: "TimeoutError", $metadata: { attempts } });
    }
  });

  // Elsewhere a full queue of connections refuses the next one instead of leaving it unanswered.
  test.skipIf(platform() !== "linux")("when nothing answers the connection", async () => {
    const port = await openDeafPort();
    const call = clientAt(`http://${loopback}:${port}`, clientSettings(1, 60_000)).send(
      new ListTablesCommand({}),
    );
    await expect(call).rejects.toMatchObject({
      name: "TimeoutError",
      message: expect.stringContaining("did not establish a connection"),
    });
  });
});

test("an answer that comes is not an error", async () => {
  const server = await serveLoopback((_, response) => {
    response.writeHead(200, { "content-type": "application/x-amz-json-1.0" }).end('{"TableNames":["a"]}');
  });
  onTestFinished(server.close);
  const client = clientAt(server.url, clientSettings(1));
  expect((await client.send(new ListTablesCommand({}))).TableNames).toEqual(["a"]);
});

/** Interim answers (RFC 9110, 15.2): something comes, but never the answer. */
function putOff(response: ServerResponse): void {
  const again = setInterval(() => response.writeProcessing(), 5);
  response.on("close", () => clearInterval(again));
}

/** A port whose owner accepts nobody, with its queue of connections full: the next one gets no answer. */
async function openDeafPort(): Promise<number> {
  const deaf = `
    const { parentPort } = require("node:worker_threads");
    const server = require("node:net").createServer();
    server.listen({ port: 0, host: "${loopback}", backlog: 1 }, () => {
      parentPort.postMessage(server.address().port);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    });`;
  const worker = new Worker(deaf, { eval: true });
  onTestFinished(async () => void (await worker.terminate()));
  const [port] = (await once(worker, "message")) as [number];
  const callers = Array.from({ length: 8 }, () => connect(port, loopback));
  onTestFinished(() => {
    for (const caller of callers) caller.destroy();
  });
  for (const caller of callers) caller.on("error", () => {});
  await Promise.race(callers.map((caller) => once(caller, "connect")));
  return port;
}
