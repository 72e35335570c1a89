import { setTimeout } from "node:timers/promises";

type Context = {
  readonly functionName: string;
  readonly awsRequestId: string;
  getRemainingTimeInMillis(): number;
};

let calls = 0;

/** A handler that does what it is told, to see how a function runs. */
export async function handler(
  event: { readonly do: string; readonly ms?: number },
  context: Context,
): Promise<unknown> {
  calls += 1;
  switch (event.do) {
    case "environment":
      return process.env;
    case "context":
      return {
        name: context.functionName,
        id: context.awsRequestId,
        leftMs: context.getRemainingTimeInMillis(),
      };
    case "count":
      await setTimeout(event.ms ?? 0);
      return calls;
    case "log":
      process.stdout.write('{"level":"info","message":"a line"}\n');
      return undefined;
    case "throw":
      throw new RangeError("told to throw");
    case "hang":
      return new Promise(() => {});
    default:
      process.exit(3);
  }
}
