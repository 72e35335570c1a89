import { Route53Client } from "@aws-sdk/client-route-53";
import { fromTemporaryCredentials } from "@aws-sdk/credential-providers";
import { clientSettings } from "./clients.ts";

/**
 * Clients of Route 53 for `openDns`: with one's own credentials, or with those that STS gives out for a role. They
 * hold for an hour; the SDK keeps them, and asks again with the first call of their last five minutes.
 *
 * @param home whose STS is asked: a role must be had without us-east-1
 * @param sessionName what the other account's CloudTrail calls us; 2 to 64 characters (STS API, AssumeRole)
 * @param maxAttempts of each call, to STS as well: who sends a change has a plan for when it fails
 */
export const route53Clients =
  (home: string, sessionName: string, maxAttempts: number) =>
  (roleArn: string | undefined): Route53Client =>
    new Route53Client({
      // The one Region that Route 53's API is in.
      region: "us-east-1",
      ...clientSettings(maxAttempts),
      ...(roleArn !== undefined && {
        credentials: fromTemporaryCredentials({
          params: { RoleArn: roleArn, RoleSessionName: sessionName },
          clientConfig: { region: home, ...clientSettings(maxAttempts) },
        }),
      }),
    });
