import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import { serveLoopback } from "./loopback-server.ts";
import { scopeOf } from "./signature.ts";

export type SecretStoreOptions = {
  /** Whose endpoint it is: both services take requests signed for their own Region only. */
  readonly region: string;
  /** What is kept, by reference: `secretsmanager:prod/shop`, `ssm:/prod/shop`. */
  readonly secrets?: Readonly<Record<string, string>>;
};

/** `denied`: the role may not; `throttled`: too many requests; `broken`: the connection breaks. */
export type SecretFault = "denied" | "throttled" | "broken";

export type SecretStore = {
  /** For `AWS_ENDPOINT_URL_SECRETS_MANAGER` and `AWS_ENDPOINT_URL_SSM`. */
  readonly url: string;
  /** Puts a secret, or another value of it; undefined deletes it. */
  put(reference: string, value: string | undefined): void;
  /** Lets every request fail until told otherwise. */
  setFault(fault: SecretFault | undefined): void;
  /** The references that were asked for, oldest first. */
  reads(): readonly string[];
  close(): Promise<void>;
};

type Reply = { readonly status: number; readonly body: object } | "break";

const account = "000000000000";

/**
 * Two services' JSON API (AWS JSON 1.1) with one action each: GetSecretValue of Secrets Manager and GetParameter of
 * Systems Manager, whose parameters are all SecureStrings here.
 */
export async function openSecretStore(options: SecretStoreOptions): Promise<SecretStore> {
  const secrets = new Map(Object.entries(options.secrets ?? {}));
  const reads: string[] = [];
  let fault: SecretFault | undefined;
  const server = await serveLoopback((request, response) => {
    const answer = async () => {
      const body = await text(request);
      const reply = replyTo(request, body, options.region, fault, (reference) => {
        reads.push(reference);
        return secrets.get(reference);
      });
      if (reply === "break") return void request.socket.destroy();
      response.writeHead(reply.status, { "content-type": "application/x-amz-json-1.1" });
      response.end(JSON.stringify(reply.body));
    };
    answer().catch(() => request.socket.destroy());
  });
  return {
    url: server.url,
    put: (reference, value) => {
      if (value === undefined) secrets.delete(reference);
      else secrets.set(reference, value);
    },
    setFault: (wanted) => {
      fault = wanted;
    },
    reads: () => reads,
    close: server.close,
  };
}

/** How each service is called in the action's header and in the signature's scope. */
const actions: Readonly<Record<string, Action>> = {
  "secretsmanager.GetSecretValue": { service: "secretsmanager", answer: secretValue },
  "AmazonSSM.GetParameter": { service: "ssm", answer: parameter },
};

type Input = { readonly SecretId?: string; readonly Name?: string; readonly WithDecryption?: boolean };
type Find = (reference: string) => string | undefined;
type Action = {
  readonly service: string;
  readonly answer: (input: Input, region: string, find: Find) => Reply;
};

function replyTo(
  request: IncomingMessage,
  body: string,
  region: string,
  fault: SecretFault | undefined,
  find: Find,
): Reply {
  const target = String(request.headers["x-amz-target"]);
  const action = actions[target];
  if (action === undefined) return failure("UnknownOperationException", `${target} is not served here`);
  const scope = scopeOf(request);
  if (scope === undefined) return failure("MissingAuthenticationTokenException", "the request is not signed");
  if (scope.service !== action.service || scope.region !== region)
    return failure("InvalidSignatureException", "Credential should be scoped to a valid region.");
  if (fault === "broken") return "break";
  if (fault === "throttled") return failure("ThrottlingException", "Rate exceeded");
  if (fault === "denied") {
    const who = `arn:aws:sts::${account}:assumed-role/pointsman/laptop`;
    return failure("AccessDeniedException", `User: ${who} is not authorized to perform: ${target}`);
  }
  return action.answer(JSON.parse(body) as Input, region, find);
}

/** API_GetSecretValue: by its name or its ARN, which ends with six characters of AWS's own. */
function secretValue({ SecretId = "" }: Input, region: string, find: Find): Reply {
  const [, name = SecretId] = /^arn:.*:secret:(.+)-\w{6}$/.exec(SecretId) ?? [];
  const value = find(`secretsmanager:${name}`);
  if (value === undefined)
    return failure("ResourceNotFoundException", "Secrets Manager can't find the specified secret.");
  return {
    status: 200,
    body: {
      ARN: `arn:aws:secretsmanager:${region}:${account}:secret:${name}-AbCdEf`,
      Name: name,
      SecretString: value,
      VersionId: randomUUID(),
      VersionStages: ["AWSCURRENT"],
    },
  };
}

/** API_GetParameter: a SecureString is told as ciphertext unless decryption is asked for. */
function parameter({ Name = "", WithDecryption = false }: Input, region: string, find: Find): Reply {
  const name = Name.replace(/^arn:.*:parameter(?=\/)/, "");
  const value = find(`ssm:${name}`);
  if (value === undefined) return failure("ParameterNotFound", "");
  return {
    status: 200,
    body: {
      Parameter: {
        Name: name,
        Type: "SecureString",
        Value: WithDecryption ? value : Buffer.from(`encrypted ${value.length}`).toString("base64"),
        Version: 1,
        ARN: `arn:aws:ssm:${region}:${account}:parameter/${name.replace(/^\//, "")}`,
        DataType: "text",
      },
    },
  };
}

const failure = (type: string, message: string): Reply => ({
  status: 400,
  body: { __type: type, Message: message },
});
