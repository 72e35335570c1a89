import { Route53Client } from "@aws-sdk/client-route-53";
import { onTestFinished } from "vitest";
import { clientSettings } from "../../lambda/aws/clients.ts";
import { openDns } from "../../lambda/aws/route53.ts";
import { clientOf } from "../../local/aws-environment.ts";
import { openRoute53 } from "../../local/route53/api.ts";

/** A Route 53 that does not throttle, the adapter before it, and the requests it sends; closed when the test is over. */
export async function openLocalDns(
  options: Omit<Parameters<typeof openRoute53>[0], "port" | "requestsPerSecond">,
  sleep: (ms: number) => Promise<void> = async () => {},
  maxAttempts = 1,
) {
  const route53 = await openRoute53({
    ...options,
    requestsPerSecond: Number.POSITIVE_INFINITY,
    port: 0,
  });
  onTestFinished(route53.close);
  const client = new Route53Client({ ...clientOf("us-east-1", route53.url), ...clientSettings(maxAttempts) });
  onTestFinished(() => client.destroy());
  const sent: string[] = [];
  client.middlewareStack.add(
    (next, { commandName = "" }) =>
      (args) => {
        sent.push(commandName);
        return next(args);
      },
    { step: "initialize" },
  );
  return { route53, sent, dns: openDns(() => client, sleep) };
}
