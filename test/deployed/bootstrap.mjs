// The part of a managed Node.js runtime: it stands between Lambda's Runtime API and a handler (Lambda Developer Guide,
// "Lambda runtime API"). Plain JavaScript that imports nothing but Node: the process it runs in has none of this
// project's tools.
import { existsSync } from "node:fs";
import { Agent, request } from "node:http";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { pathToFileURL } from "node:url";

const { AWS_LAMBDA_RUNTIME_API: host, LAMBDA_TASK_ROOT: root = "", _HANDLER: name = "" } = process.env;
const agent = new Agent({ keepAlive: true, maxSockets: 1 });

/** One call of the Runtime API. A sandbox that Lambda does not answer any more has no reason to live. */
function call(method, path, body) {
  return new Promise((resolve) => {
    const sent = request(`http://${host}/2018-06-01/runtime${path}`, { method, agent }, async (response) => {
      resolve({ headers: response.headers, body: await text(response) });
    });
    sent.on("error", () => process.exit(1));
    sent.end(body);
  });
}

const described = (error) =>
  JSON.stringify(
    error instanceof Error
      ? { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? "").split("\n") }
      : { errorType: typeof error, errorMessage: String(error), trace: [] },
  );

async function load() {
  const dot = name.lastIndexOf(".");
  const files = [".js", ".mjs", ".cjs"].map((end) => join(root, `${name.slice(0, dot)}${end}`));
  const file = files.find((path) => existsSync(path));
  if (file === undefined) throw new Error(`cannot find module '${name.slice(0, dot)}' in ${root}`);
  const handler = (await import(pathToFileURL(file).href))[name.slice(dot + 1)];
  if (typeof handler !== "function") throw new Error(`${name} is undefined or not exported`);
  return handler;
}

const contextOf = (headers) => ({
  functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
  functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
  memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
  invokedFunctionArn: headers["lambda-runtime-invoked-function-arn"],
  awsRequestId: headers["lambda-runtime-aws-request-id"],
  getRemainingTimeInMillis: () => Number(headers["lambda-runtime-deadline-ms"]) - Date.now(),
});

const handler = await load().catch(async (error) => {
  await call("POST", "/init/error", described(error));
  process.exit(1);
});
for (;;) {
  const { headers, body } = await call("GET", "/invocation/next");
  const context = contextOf(headers);
  const tell = (what, answer) => call("POST", `/invocation/${context.awsRequestId}/${what}`, answer);
  try {
    const result = await handler(JSON.parse(body), context);
    await tell("response", JSON.stringify(result ?? null));
  } catch (error) {
    await tell("error", described(error));
  }
}
