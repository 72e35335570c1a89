import { type CloudFormationClient, DescribeStacksCommand } from "@aws-sdk/client-cloudformation";

const elsewhere =
  "deploy first (npx cdk deploy --all), or take the credentials of the account it was deployed to";

/**
 * What a deployed stack says under a name.
 *
 * @param otherwise what else the user may do where there is none
 * @throws when there is no such stack or output, and what the SDK throws
 */
export async function outputOf(
  client: CloudFormationClient,
  region: string,
  stackName: string,
  output: string,
  otherwise?: string,
): Promise<string> {
  const outputs = await outputsOf(client, stackName);
  const value = outputs?.find(({ OutputKey }) => OutputKey === output)?.OutputValue;
  if (value !== undefined) return value;
  const missing = outputs ? `the stack ${stackName} has no output ${output}` : `no stack ${stackName}`;
  const hint = otherwise === undefined ? elsewhere : `${elsewhere}; ${otherwise}`;
  throw new Error(`${missing} in ${region}: ${hint}`);
}

async function outputsOf(client: CloudFormationClient, StackName: string) {
  try {
    const { Stacks } = await client.send(new DescribeStacksCommand({ StackName }));
    return Stacks?.[0]?.Outputs ?? [];
  } catch (error) {
    // API_DescribeStacks: "If the stack doesn't exist, a ValidationError is returned."
    if (error instanceof Error && error.name === "ValidationError") return undefined;
    throw error;
  }
}
