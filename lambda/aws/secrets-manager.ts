import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { clientSettings } from "./clients.ts";

/** Reads texts from a Region's Secrets Manager, by name or ARN. */
export function openSecretsManager(region: string, settings: ReturnType<typeof clientSettings>) {
  const client = new SecretsManagerClient({ region, ...settings });
  return async (SecretId: string): Promise<string | undefined> =>
    (await client.send(new GetSecretValueCommand({ SecretId }))).SecretString;
}
