import { devNull } from "node:os";

/** Where the parts of a laptop's AWS listen. */
export type Endpoints = {
  readonly dynamodb: string;
  readonly route53: string;
  readonly sns: string;
  readonly lambda: string;
  readonly sts: string;
  /** `host:port` of the DNS server that stands in for every name server. */
  readonly nameServers: string;
  /** Secrets Manager and Systems Manager. */
  readonly secrets: string;
  readonly s3: string;
};

/** Nobody's: the parts on a laptop ask for no credentials, but the SDK signs with some. */
export const dummyCredentials = { accessKeyId: "local", secretAccessKey: "local" } as const;

/** Nothing listens on the discard port: a service that has no part here is refused rather than found in the cloud. */
const nowhere = "http://127.0.0.1:9";

/** What keeps the user's own AWS settings, in files or from an instance's metadata, out of the SDK. */
const noSettings = {
  AWS_CONFIG_FILE: devNull,
  AWS_SHARED_CREDENTIALS_FILE: devNull,
  AWS_EC2_METADATA_DISABLED: "true",
  // Node 20 works; that the SDK's support for it ends is said once, by us.
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
} as const;

/**
 * The whole environment of a function, as Lambda would set it, with every AWS endpoint on this machine.
 *
 * @throws when an endpoint is not on loopback
 */
export function functionEnvironment(
  region: string,
  endpoints: Partial<Endpoints>,
  own: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const { dynamodb = nowhere, route53 = nowhere, sns = nowhere, lambda = nowhere } = endpoints;
  const { sts = nowhere, secrets = nowhere, s3 = nowhere, nameServers = new URL(nowhere).host } = endpoints;
  const environment = {
    PATH: process.env["PATH"] ?? "",
    TZ: "UTC",
    ...noSettings,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: dummyCredentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: dummyCredentials.secretAccessKey,
    AWS_ENDPOINT_URL: nowhere,
    AWS_ENDPOINT_URL_DYNAMODB: dynamodb,
    AWS_ENDPOINT_URL_ROUTE_53: route53,
    AWS_ENDPOINT_URL_SNS: sns,
    AWS_ENDPOINT_URL_LAMBDA: lambda,
    AWS_ENDPOINT_URL_STS: sts,
    NAME_SERVER_ENDPOINT: nameServers,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets,
    AWS_ENDPOINT_URL_SSM: secrets,
    AWS_ENDPOINT_URL_S3: s3,
    ...own,
  };
  refuseElsewhere(environment);
  return environment;
}

/** Whether a URL leads nowhere but to this machine. */
export const isOnThisMachine = (url = ""): boolean =>
  URL.canParse(url) && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(new URL(url).hostname);

/** Refuses an environment in which the SDK would talk to anything but this machine. */
export function refuseElsewhere(environment: Readonly<Record<string, string | undefined>>): void {
  for (const [name, value] of Object.entries(environment)) {
    if (!name.startsWith("AWS_ENDPOINT_URL") || value === undefined || isOnThisMachine(value)) continue;
    throw new Error(
      `${name} is ${JSON.stringify(value)}: on a laptop only this machine's endpoints are talked to`,
    );
  }
}

/** Takes the user's AWS settings out of this process, which has no use for them, before any client is made. */
export function forgetAws(environment: NodeJS.ProcessEnv): void {
  for (const name of Object.keys(environment)) if (name.startsWith("AWS_")) delete environment[name];
  Object.assign(environment, noSettings);
}

/** What a client in this process is made with. */
export const clientOf = (region: string, endpoint: string) => ({
  region,
  endpoint,
  credentials: dummyCredentials,
});
