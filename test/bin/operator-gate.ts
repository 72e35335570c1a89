import { readFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import { serveLoopback } from "../../local/loopback-server.ts";
import type { TableNames } from "../../local/table-names.ts";
import { openCloudFormation } from "./cloud-formation.ts";

export type Statement = {
  readonly Sid: string;
  readonly Action: string;
  readonly Resource: string;
  readonly Condition?: Readonly<
    Record<string, { readonly "dynamodb:LeadingKeys": readonly string[] | "false" }>
  >;
};

/** The keys that a statement is for; none where it is for any. */
export const keysOf = ({ Condition = {} }: Statement): readonly string[] | undefined =>
  Object.entries(Condition).find(([operator]) => operator.startsWith("ForAllValues:"))?.[1][
    "dynamodb:LeadingKeys"
  ] as readonly string[] | undefined;

export const operatorPolicy: readonly Statement[] = (
  JSON.parse(readFileSync(new URL("../../docs/operator-policy.json", import.meta.url), "utf8")) as {
    Statement: Statement[];
  }
).Statement;

/** What CloudFormation calls the tables: stack, logical id, something random. */
export const deployedNames: TableNames = {
  stateTable: "Pointsman-PointsmanTablesState04A35244-0A1B2C3D",
  resultsTable: "Pointsman-PointsmanTablesResults9926F857-4E5F6A7B",
};

type Call = { readonly action: string; readonly resource: string; readonly key?: string };

const isLike = (pattern: string, value: string): boolean =>
  new RegExp(`^${pattern.replaceAll(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*")}$`).test(value);

/** What of the policy allows a call, as `Sid key pattern`; none when nothing does. */
export function allowedBy(policy: readonly Statement[], { action, resource, key }: Call): string | undefined {
  for (const statement of policy) {
    const { Sid, Action, Resource } = statement;
    if (Action !== action || !isLike(Resource, resource)) continue;
    const patterns = keysOf(statement);
    if (patterns === undefined) return Sid;
    const pattern = patterns.find((pattern) => key !== undefined && isLike(pattern, key));
    if (pattern !== undefined) return `${Sid} ${pattern}`;
  }
  return undefined;
}

type Request = {
  readonly TableName: string;
  readonly Key?: Keyed;
  readonly Item?: Keyed;
};
type Keyed = { readonly pk: { readonly S: string } };

/**
 * AWS for an operator: CloudFormation, and DynamoDB at `dynamodbUrl`, each behind docs/operator-policy.json. `used` is
 * what of the policy was needed.
 */
export async function openGate(dynamodbUrl: string, names: TableNames) {
  const used = new Set<string>();
  const cloudFormation = await openCloudFormation({
    Pointsman: { StateTable: names.stateTable, ResultsTable: names.resultsTable },
  });
  const isAllowed = (call: Call): boolean => {
    const by = allowedBy(operatorPolicy, call);
    if (by !== undefined) used.add(by);
    return by !== undefined;
  };
  const refusal = {
    status: 400,
    type: "application/x-amz-json-1.0",
    body: '{"__type":"AccessDeniedException"}',
  };
  const answerTo = async (headers: Headers, body: string) => {
    const target = headers.get("x-amz-target");
    const call = target === null ? stackCall(body) : tableCall(target, body, names);
    if (!isAllowed(call)) return refusal;
    const url = target === null ? cloudFormation.url : dynamodbUrl;
    const response = await fetch(url, { method: "POST", headers, body });
    return {
      status: response.status,
      type: response.headers.get("content-type") ?? "",
      body: await response.text(),
    };
  };
  const server = await serveLoopback((request, response) => {
    const kept = Object.entries(request.headers).filter(([name]) =>
      /^(x-amz|authorization|content-type)/.test(name),
    );
    const headers = new Headers(kept.map(([name, value]) => [name, String(value)]));
    text(request)
      .then((body) => answerTo(headers, body))
      .then(({ status, type, body }) => response.writeHead(status, { "content-type": type }).end(body))
      .catch(() => request.socket.destroy());
  });
  const close = async () => {
    await server.close();
    await cloudFormation.close();
  };
  return { url: server.url, used, close };
}

const stackCall = (body: string): Call => {
  const parameters = new URLSearchParams(body);
  return {
    action: `cloudformation:${parameters.get("Action")}`,
    resource: `arn:aws:cloudformation:eu-central-1:123456789012:stack/${parameters.get("StackName")}/1`,
  };
};

function tableCall(target: string, body: string, names: TableNames): Call {
  const { TableName, Key, Item } = JSON.parse(body) as Request;
  const deployed = TableName === names.stateTable ? deployedNames.stateTable : deployedNames.resultsTable;
  const key = (Key ?? Item)?.pk.S;
  return {
    action: `dynamodb:${target.split(".")[1]}`,
    resource: `arn:aws:dynamodb:eu-central-1:123456789012:table/${deployed}`,
    ...(key !== undefined && { key }),
  };
}
