import { inArn, type SecretPlace } from "../core/secrets.ts";
import type { FetchSecret } from "../steps/secrets.ts";
import { clientSettings } from "./clients.ts";
import { perKey } from "./per-key.ts";

/**
 * Reads secrets from where they are kept: Secrets Manager or Systems Manager of `home`, or of the Region that an ARN
 * names, or the environment. The clients are loaded by the first who needs them: most configs have no secrets.
 *
 * @throws what the SDK throws; `NotSet` for a variable that is not set, and a secret that holds bytes
 */
export function openSecretPlaces(home: string, environment: NodeJS.ProcessEnv): FetchSecret {
  // A probe waits for its secret, and with it those that are asked in the same request.
  const settings = clientSettings(2, 1_000);
  const managers = perKey(async (region: string) => {
    const { openSecretsManager } = await import("./secrets-manager.ts");
    return openSecretsManager(region, settings);
  });
  const systems = perKey(async (region: string) => {
    const { openParameters } = await import("./parameters.ts");
    return openParameters(region, settings);
  });
  const regionOf = (name: string) => inArn(name)?.region ?? home;

  const from: Readonly<Record<SecretPlace["kind"], (name: string) => Promise<string | undefined>>> = {
    secretsmanager: async (name) => (await managers(regionOf(name)))(name),
    ssm: async (name) => (await systems(regionOf(name)))(name),
    env: async (name) => environment[name],
  };
  return async ({ kind, name }) => {
    const text = await from[kind](name);
    if (text === undefined || text === "")
      throw Object.assign(new Error(`${kind}:${name}`), { name: "NotSet" });
    return text;
  };
}
