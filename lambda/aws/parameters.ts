import { GetParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import type { clientSettings } from "./clients.ts";

/** Reads parameters of a Region's Systems Manager, by name or ARN, decrypted. */
export function openParameters(region: string, settings: ReturnType<typeof clientSettings>) {
  const client = new SSMClient({ region, ...settings });
  return async (Name: string): Promise<string | undefined> =>
    (await client.send(new GetParameterCommand({ Name, WithDecryption: true }))).Parameter?.Value;
}
