import { randomBytes, randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { XMLBuilder } from "fast-xml-parser";
import { serveLoopback } from "./loopback-server.ts";
import { home } from "./route53/access.ts";
import { scopeOf } from "./signature.ts";

/** Credentials that were given out for a role. */
export type Session = {
  readonly roleArn: string;
  readonly name: string;
  readonly accessKeyId: string;
  readonly endsMs: number;
};

export type StsOptions = {
  /** Whose endpoint it is: STS takes requests signed for its own Region only. */
  readonly region: string;
  /** The roles that trust who asks. */
  readonly roles: readonly string[];
  /** API_AssumeRole, DurationSeconds: an hour unless asked otherwise, which nobody here does. */
  readonly lifetimeMs?: number;
  readonly now?: () => number;
};

export type Sts = {
  /** For `AWS_ENDPOINT_URL_STS`. */
  readonly url: string;
  /** Everything given out, oldest first. */
  sessions(): readonly Session[];
  /** Who signs with this key: a role by its ARN, nobody once that session has ended; all other keys are home's. */
  callerOf(accessKeyId: string): string | undefined;
  close(): Promise<void>;
};

type Reply = { readonly status: number; readonly body: string };

/** STS's query API with one action, AssumeRole: credentials for the roles it knows, a refusal for others. */
export async function openSts(options: StsOptions): Promise<Sts> {
  const now = options.now ?? Date.now;
  const given: Session[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const parameters = new URLSearchParams(await text(request));
    const reply = replyTo(request, parameters, options, (roleArn, name) => {
      const endsMs = now() + (options.lifetimeMs ?? 3_600_000);
      const session = { roleArn, name, accessKeyId: accessKeyId(), endsMs };
      given.push(session);
      return session;
    });
    response.writeHead(reply.status, { "content-type": "text/xml" });
    response.end(reply.body);
  };
  const server = await serveLoopback((request, response) => {
    answer(request, response).catch(() => request.socket.destroy());
  });
  return {
    url: server.url,
    sessions: () => given,
    callerOf: (key) => {
      const session = given.find(({ accessKeyId }) => accessKeyId === key);
      if (session === undefined) return home;
      return session.endsMs > now() ? session.roleArn : undefined;
    },
    close: server.close,
  };
}

/** ASIA is how a temporary key begins (IAM User Guide, "Unique identifiers"). */
const accessKeyId = (): string => `ASIA${randomBytes(8).toString("hex").toUpperCase()}`;

function replyTo(
  request: IncomingMessage,
  parameters: URLSearchParams,
  { region, roles }: StsOptions,
  give: (roleArn: string, name: string) => Session,
): Reply {
  const scope = scopeOf(request);
  if (scope === undefined) return failure(403, "MissingAuthenticationToken", "the request is not signed");
  if (scope.service !== "sts" || scope.region !== region) {
    return failure(403, "SignatureDoesNotMatch", "Credential should be scoped to a valid region.");
  }
  const parameter = (key: string): string => parameters.get(key) ?? "";
  const action = parameter("Action");
  const roleArn = parameter("RoleArn");
  const name = parameter("RoleSessionName");
  if (action !== "AssumeRole") return failure(400, "InvalidAction", `${action} is not served here`);
  // API_AssumeRole, RoleSessionName.
  if (!/^[\w+=,.@-]{2,64}$/.test(name)) return failure(400, "ValidationError", `'roleSessionName': ${name}`);
  if (!roles.includes(roleArn)) {
    const who = "arn:aws:sts::000000000000:assumed-role/pointsman/laptop";
    const message = `User: ${who} is not authorized to perform: sts:AssumeRole on resource: ${roleArn}`;
    return failure(403, "AccessDenied", message);
  }
  return success(give(roleArn, name));
}

const namespace = "https://sts.amazonaws.com/doc/2011-06-15/";
const builder = new XMLBuilder({ ignoreAttributes: false });
const xml = (root: string, body: object): string =>
  builder.build({ [root]: { "@_xmlns": namespace, ...body } });

const success = ({ roleArn, name, accessKeyId, endsMs }: Session): Reply => ({
  status: 200,
  body: xml("AssumeRoleResponse", {
    AssumeRoleResult: {
      AssumedRoleUser: {
        AssumedRoleId: `AROA0000000000000000:${name}`,
        Arn: `${roleArn.replace(":iam:", ":sts:").replace(/role\/(?:.*\/)?/, "assumed-role/")}/${name}`,
      },
      Credentials: {
        AccessKeyId: accessKeyId,
        SecretAccessKey: "local",
        SessionToken: "local",
        Expiration: new Date(endsMs).toISOString(),
      },
    },
    ResponseMetadata: { RequestId: randomUUID() },
  }),
});

const failure = (status: number, code: string, message: string): Reply => ({
  status,
  body: xml("ErrorResponse", {
    Error: { Type: "Sender", Code: code, Message: message },
    RequestId: randomUUID(),
  }),
});
