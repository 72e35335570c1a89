import { type CloudFormationClient, DescribeStacksCommand } from "@aws-sdk/client-cloudformation";

/**
 * What a deployed stack says of itself.
 *
 * @param otherwise how to do without, where one can: said when the stack or the output is not there
 * @throws when there is no such stack or output, and what the SDK throws
 */
export async function stackOutput(
  client: CloudFormationClient,
  region: string,
  stackName: string,
  key: string,
  otherwise?: string,
): Promise<string> {
  const outputs = await outputsOf(client, stackName);
  const found = outputs?.find(({ OutputKey }) => OutputKey === key)?.OutputValue;
  if (found !== undefined) return found;
  const missing = outputs ? `the stack ${stackName} has no output ${key}` : `no stack ${stackName}`;
  const without = otherwise === undefined ? "" : `; ${otherwise}`;
  throw new Error(
    `${missing} in ${region}: deploy first (npx cdk deploy --all), or take the credentials of the account it was ` +
      `deployed to${without}`,
  );
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
