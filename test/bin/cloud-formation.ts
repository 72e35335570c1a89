import { text } from "node:stream/consumers";
import { serveLoopback } from "../../local/loopback-server.ts";

/** The stacks of one Region by name, each with its outputs; or the code of the error that every request gets. */
export type Stacks = Readonly<Record<string, Readonly<Record<string, string>>>>;

const namespace = "http://cloudformation.amazonaws.com/doc/2010-05-15/";

const stackElement = (name: string, outputs: Readonly<Record<string, string>>): string => {
  const members = Object.entries(outputs)
    .map(
      ([key, value]) => `<member><OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue></member>`,
    )
    .join("");
  return (
    `<member><StackName>${name}</StackName><CreationTime>2026-11-01T00:00:00Z</CreationTime>` +
    `<StackStatus>CREATE_COMPLETE</StackStatus><Outputs>${members}</Outputs></member>`
  );
};

const error = (status: number, code: string, message: string) => ({
  status,
  body: `<ErrorResponse xmlns="${namespace}"><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>1</RequestId></ErrorResponse>`,
});

/** CloudFormation's DescribeStacks (API_DescribeStacks) on loopback, of all Regions. */
export async function openCloudFormation(stacks: Stacks, refusal?: string) {
  const replyTo = (parameters: URLSearchParams) => {
    if (refusal !== undefined) return error(403, refusal, "told to refuse");
    const name = parameters.get("StackName") ?? "";
    const outputs = stacks[name];
    if (parameters.get("Action") !== "DescribeStacks") return error(400, "InvalidAction", "not served here");
    if (!outputs) return error(400, "ValidationError", `Stack with id ${name} does not exist`);
    const body =
      `<DescribeStacksResponse xmlns="${namespace}"><DescribeStacksResult><Stacks>${stackElement(name, outputs)}` +
      "</Stacks></DescribeStacksResult><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></DescribeStacksResponse>";
    return { status: 200, body };
  };
  return serveLoopback((request, response) => {
    void text(request).then((body) => {
      const reply = replyTo(new URLSearchParams(body));
      response.writeHead(reply.status, { "content-type": "text/xml" }).end(reply.body);
    });
  });
}
