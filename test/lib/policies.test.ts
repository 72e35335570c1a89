import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { homeStackName, resultsTableOutput, stateTableOutput } from "../../lib/stack-names.ts";
import { allowedBy, operatorPolicy } from "../bin/operator-gate.ts";
import { deployed, manyServices } from "./deployed.ts";

type Statement = {
  readonly Sid: string;
  readonly Action: string | string[];
  readonly Resource: string | string[];
};

const policy = (name: string): Statement[] => {
  const text = readFileSync(new URL(`../../docs/${name}`, import.meta.url), "utf8");
  return (JSON.parse(text) as { Statement: Statement[] }).Statement;
};

const receivers = `alerts:
  - email: ops@acme.com
  - lambda: arn:aws:lambda:eu-central-1:123456789012:function:alerts
`;

test("docs/execution-policy.json covers the service of everything the stacks are made of", () => {
  // So many that the sweep's role needs managed policies.
  const { home, further } = deployed(`${manyServices(100)}${receivers}`);
  const types = [home, ...further.values()].flatMap((template) =>
    Object.values(template.toJSON()["Resources"] as Record<string, { Type: string }>).map(({ Type }) => Type),
  );
  expect(types).toContain("AWS::IAM::ManagedPolicy");
  const needed = types.filter((type) => type.startsWith("AWS::") && !type.startsWith("AWS::CDK::"));
  const services = new Set(needed.map((type) => type.split("::")[1]?.toLowerCase()));
  const allowed = new Set(
    policy("execution-policy.json").flatMap(({ Action }) =>
      [Action].flat().map((action) => action.split(":")[0]),
    ),
  );
  expect([...services].filter((service) => !allowed.has(service))).toEqual([]);
});

test("docs/deployer-policy.json names roles that cdk bootstrap makes", () => {
  const cdk = dirname(createRequire(import.meta.url).resolve("aws-cdk/package.json"));
  const template = readFileSync(join(cdk, "lib/api/bootstrap/bootstrap-template.yaml"), "utf8");
  const { Resources } = parse(template) as { Resources: Record<string, Made> };
  const made = Object.values(Resources).flatMap(({ Properties }) => Properties.RoleName?.["Fn::Sub"] ?? []);
  const [deploy] = policy("deployer-policy.json");
  const named = [deploy?.Resource ?? []].flat().map((arn) => arn.replace(/^.*:role\//, ""));
  expect(named).toHaveLength(3);
  expect(made.map((name) => name.replaceAll(/\$\{.*?\}/g, "*"))).toEqual(
    expect.arrayContaining(named.map((name) => name.replaceAll(/hnb659fds|123456789012/g, "*"))),
  );
});

type Made = { readonly Properties: { readonly RoleName?: { readonly "Fn::Sub": string } } };

describe("docs/operator-policy.json", () => {
  const { Resources, Outputs } = deployed(manyServices(1)).home.toJSON() as Home;
  const tableOf = (output: string): string => {
    const ref = Outputs[output]?.Value.Ref ?? "";
    expect(Resources[ref]?.Type).toBe("AWS::DynamoDB::GlobalTable");
    // CloudFormation names what has no name: the stack, the logical id, something random.
    return `arn:aws:dynamodb:eu-central-1:123456789012:table/${homeStackName}-${ref}-0A1B2C3D4E5F`;
  };
  const [state, results] = [tableOf(stateTableOutput), tableOf(resultsTableOutput)];

  test("where it names keys, a request that names none is not allowed: ForAllValues alone would hold for it", () => {
    for (const { Condition } of operatorPolicy) {
      if (Condition) expect(Condition["Null"]).toEqual({ "dynamodb:LeadingKeys": "false" });
    }
  });

  test.each<[string, string, string | undefined, boolean]>([
    ["GetItem", state, "hands#0", true],
    ["GetItem", state, "roster#0", true],
    ["GetItem", state, "service#Z1/shop.acme.com/A", true],
    ["GetItem", state, "lease#0", false],
    ["PutItem", state, "hands#0", true],
    ["PutItem", state, "service#Z1/shop.acme.com/A", false],
    ["PutItem", state, "lease#0", false],
    ["PutItem", state, "hands#00", false],
    ["DeleteItem", state, "hands#0", false],
    ["Query", results, undefined, true],
    ["PutItem", results, "history#shop", false],
    ["Query", state, undefined, false],
  ])("%s of %s, %s: allowed is %o", (operation, resource, key, isAllowed) => {
    const call = { action: `dynamodb:${operation}`, resource, ...(key !== undefined && { key }) };
    expect(allowedBy(operatorPolicy, call) !== undefined).toBe(isAllowed);
  });
});

type Home = {
  readonly Resources: Readonly<Record<string, { readonly Type: string }>>;
  readonly Outputs: Readonly<Record<string, { readonly Value: { readonly Ref: string } }>>;
};
