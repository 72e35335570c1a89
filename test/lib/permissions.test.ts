import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { generationName } from "../../lambda/core/generation.ts";
import { dnsPermissions, normalized } from "../../lib/dns-permissions.ts";
import { parseValid, vpcs, withEndpoint, withService } from "../config/sample.ts";
import {
  deployed,
  list,
  locations,
  manyServices,
  plain,
  policiesOf,
  type Statement,
  statementsOf,
} from "./deployed.ts";

const names = "route53:ChangeResourceRecordSetsNormalizedRecordNames";
const types = "route53:ChangeResourceRecordSetsRecordTypes";
const actions = "route53:ChangeResourceRecordSetsActions";

const actionsOf = (statements: readonly Statement[]): string[] =>
  statements.flatMap(({ Action }) => list(Action)).sort();

const allowing = (statements: readonly Statement[], action: string): Statement[] =>
  statements.filter(({ Action }) => list(Action).includes(action));

const role = "arn:aws:iam::210987654321:role/dns/zone";

/** The shop, and a blog whose zone is in another account. */
const withBlog = withService({
  more: `  blog:
    mode: armed
    dns: { zoneId: Z0BLOG, name: blog.acme.org, type: A, roleArn: '${role}' }
    check: { https: /health }
    targets:
      - { id: frankfurt, value: 3.120.0.11 }
      - { id: ireland, value: 34.240.0.21 }
`,
});

const withSecrets = `${withBlog}endpoints:
  docs: { https: https://docs.acme.com/, bearer: ssm:a, headers: { x-key: secretsmanager:b } }
`;

const sweepOf = (text: string) => statementsOf(deployed(text).home, "SweepRole");

describe("what the sweep may do in Route 53", () => {
  test.each([
    ["A", "3.120.0.10", "34.240.0.20"],
    ["AAAA", "2600:1::1", "2600:2::1"],
    ["CNAME", "one.aws.net", "two.aws.net"],
  ])(
    "%s: the name with its type, the TXT beside it, CREATE and DELETE, and no request without them",
    (type, first, second) => {
      const text = withService({
        dns: `{ zoneId: Z0SHOP, name: Shop.acme.com., type: ${type} }`,
        first: `{ id: frankfurt, value: '${first}' }`,
        second: `{ id: ireland, value: '${second}' }`,
        more: vpcs(true),
      });
      const [statement, ...others] = allowing(sweepOf(text), "route53:ChangeResourceRecordSets");
      expect(others).toEqual([]);
      expect(plain(statement)).toEqual({
        Action: "route53:ChangeResourceRecordSets",
        Effect: "Allow",
        Resource: "arn:aws:route53:::hostedzone/Z0SHOP",
        Condition: {
          "ForAllValues:StringEquals": {
            [names]: ["shop.acme.com", `_pointsman-${type.toLowerCase()}.shop.acme.com`],
            [types]: [type, "TXT"],
            [actions]: ["CREATE", "DELETE"],
          },
          Null: { [names]: "false", [types]: "false", [actions]: "false" },
        },
      });
    },
  );

  test("it reads its zones and asks about changes, no other zone", () => {
    const statements = sweepOf(withService());
    const resourcesOf = (action: string) =>
      allowing(statements, action).map(({ Resource }) => plain(Resource));
    expect(resourcesOf("route53:ListResourceRecordSets")).toEqual(["arn:aws:route53:::hostedzone/Z0SHOP"]);
    expect(resourcesOf("route53:GetHostedZone")).toEqual(["arn:aws:route53:::hostedzone/Z0SHOP"]);
    expect(resourcesOf("route53:GetChange")).toEqual(["arn:aws:route53:::change/*"]);
  });

  test("of a zone in another account it may take on the role, that one only, and nothing else", () => {
    const statements = sweepOf(withBlog);
    expect(statements.filter(({ Action }) => list(Action)[0]?.startsWith("route53:"))).toEqual(
      sweepOf(withService()).filter(({ Action }) => list(Action)[0]?.startsWith("route53:")),
    );
    expect(plain(allowing(statements, "sts:AssumeRole"))).toEqual([
      { Action: "sts:AssumeRole", Effect: "Allow", Resource: role },
    ]);
    expect(allowing(sweepOf(withService()), "sts:AssumeRole")).toEqual([]);
  });

  test("hundreds of roles are in statements that fit into a policy, each role in one", () => {
    const [service] = parseValid(withService()).config.services;
    if (service === undefined) throw new Error("no service");
    const roles = Array.from({ length: 400 }, (_, i) => `arn:aws:iam::${100_000_000_000 + i}:role/dns/zone`);
    const statements = dnsPermissions(
      [...roles, ...roles].map((roleArn) => ({ ...service, dns: { ...service.dns, roleArn } })),
    ).map((statement) => statement.toStatementJson() as Statement);
    expect(statements.flatMap(({ Resource }) => Resource)).toEqual(roles);
    // Two of them and the policy around them: a managed policy of 6,144 characters.
    for (const statement of statements) expect(JSON.stringify(statement).length).toBeLessThan(3_000);
  });

  test("without a service, nothing", () => {
    const statements = sweepOf(withEndpoint("https://docs.acme.com/"));
    expect(actionsOf(statements).filter((action) => /^(route53|sts):/.test(action))).toEqual([]);
  });

  test.each([
    ["Shop.Acme.com.", "shop.acme.com"],
    ["*.acme.com", "\\052.acme.com"],
    ["_dmarc.a-1.com", "_dmarc.a-1.com"],
    ["a b.com", "a\\040b.com"],
  ])("%s is %s in a condition key", (name, inKey) => {
    expect(normalized(name)).toBe(inKey);
  });
});

describe.each(["mixed", "alike"] as const)("a config with hundreds of names, %s", (sorts) => {
  const text = manyServices(400, sorts);
  const { services } = parseValid(text).config;
  const { home } = deployed(text);
  const policies = policiesOf(home, "SweepRole");

  /** As IAM counts: without white space, with the longest names the generated ones can have. */
  const chars = ({ statements }: (typeof policies)[number]): number =>
    JSON.stringify({ Version: "2012-10-17", Statement: plain(statements) }).length;

  test("fits IAM's limits: 10,240 characters inline, 6,144 a managed policy, 10 of them", () => {
    const [inline, managed] = [
      policies.filter(({ kind }) => kind === "inline"),
      policies.filter(({ kind }) => kind === "managed"),
    ];
    expect(inline.reduce((sum, policy) => sum + chars(policy), 0)).toBeLessThanOrEqual(10_240);
    expect(managed.length).toBeGreaterThan(0);
    expect(managed.length).toBeLessThanOrEqual(10);
    expect(Math.max(...managed.map(chars))).toBeLessThanOrEqual(6_144);
  });

  test("allows each service's whole batch by one statement, and no name, type or zone more", () => {
    const granted = allowing(
      policies.flatMap(({ statements }) => statements),
      "route53:ChangeResourceRecordSets",
    ).map(({ Resource, Condition }) => {
      const values = Condition?.["ForAllValues:StringEquals"] ?? {};
      return { zone: plain(Resource), names: list(values[names] ?? []), types: list(values[types] ?? []) };
    });
    const wanted = services.map(({ dns }) => ({
      zone: `arn:aws:route53:::hostedzone/${dns.zoneId}`,
      names: [dns.name, generationName(dns.name, dns.type)],
      types: [dns.type, "TXT"],
    }));
    for (const service of wanted) {
      const covering = granted.filter(
        (one) =>
          one.zone === service.zone &&
          service.names.every((name) => one.names.includes(name)) &&
          service.types.every((type) => one.types.includes(type)),
      );
      expect(covering).toHaveLength(1);
    }
    const flat = (all: readonly { zone: unknown; names: readonly string[]; types: readonly string[] }[]) =>
      new Set(
        all.flatMap((one) =>
          one.names.flatMap((name) => one.types.map((type) => `${one.zone} ${name} ${type}`)),
        ),
      );
    expect(flat(granted)).toEqual(flat(wanted));
  });
});

describe("what the running code calls and what it is allowed", () => {
  const services: Readonly<Record<string, string>> = {
    "client-dynamodb": "dynamodb",
    "client-lambda": "lambda",
    "client-route-53": "route53",
    "client-s3": "s3",
    "client-secrets-manager": "secretsmanager",
    "client-sns": "sns",
    "client-ssm": "ssm",
  };
  const iamNames: Readonly<Record<string, string>> = { "lambda:Invoke": "lambda:InvokeFunction" };
  const lambda = new URL("../../lambda/", import.meta.url);
  const sources = readdirSync(lambda, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => ({ file, text: readFileSync(new URL(file, lambda), "utf8") }));

  /** The actions behind each `new XCommand(` of a source, by the client that X is imported from. */
  const called = ({ text }: { text: string }): string[] => [
    ...[...text.matchAll(/new (\w+)Command\(/g)].map(([, command]) => {
      const imports = [...text.matchAll(/import \{([^}]*)\} from "@aws-sdk\/([^"]+)"/g)];
      const client = imports.find(([, imported]) => imported?.includes(`${command}Command`))?.[2] ?? "";
      const action = `${services[client]}:${command}`;
      return iamNames[action] ?? action;
    }),
    // The one call that the SDK makes by itself.
    ...[...text.matchAll(/\bfromTemporaryCredentials\(/g)].map(() => "sts:AssumeRole"),
  ];

  test("AWS is called in lambda/aws only, by commands only", () => {
    for (const { file, text } of sources) {
      if (/new \w+Command\(|@aws-sdk\/credential-providers/.test(text)) expect(file).toMatch(/^aws\//);
      const [, providers] = /import \{([^}]*)\} from "@aws-sdk\/credential-providers"/.exec(text) ?? [];
      if (providers !== undefined) expect(providers.trim()).toBe("fromTemporaryCredentials");
      // The clients that have a method for each action would be called unseen by the next test.
      expect(text).not.toMatch(/\b(DynamoDB|Route53|SNS|Lambda)\(\{/);
      expect(text).not.toMatch(/@aws-sdk\/lib-/);
    }
  });

  test("the sweep is granted every action it calls, and no other", () => {
    const beacons = withService({ more: "    via: beacons" });
    const ofBeacons = sweepOf(`${beacons}\nbeacons: [eu-south-1, ca-central-1, ap-south-1]\n`);
    const granted = [...new Set([...actionsOf(sweepOf(withSecrets)), ...actionsOf(ofBeacons)])];
    const notByCode = [
      // GetObject says whether something is missing to those only who may list.
      "s3:ListBucket",
      "logs:CreateLogStream",
      "logs:PutLogEvents",
      // Lambda sends what failed to the queue in the function's name.
      "sqs:SendMessage",
    ];
    const calls = new Set(sources.filter(({ file }) => file !== "aws/beats.ts").flatMap(called));
    expect(new Set(granted.filter((action) => !notByCode.includes(action)))).toEqual(calls);
    expect(granted).toEqual(expect.arrayContaining(notByCode));
    expect(calls.size).toBeGreaterThan(7);
  });

  test("each on its own resource", () => {
    const statements = sweepOf(withService()).filter(
      ({ Action }) => !list(Action)[0]?.startsWith("route53:"),
    );
    const shown = statements.map(({ Action, Resource }) => [list(Action).join(" "), plain(Resource)]);
    expect(shown).toEqual([
      ["logs:CreateLogStream logs:PutLogEvents", expect.stringMatching(/^<PointsmanSweepLog\w+\.Arn>$/)],
      ["dynamodb:GetItem dynamodb:PutItem", expect.stringMatching(/^<PointsmanTablesState\w+\.Arn>$/)],
      [
        "dynamodb:BatchGetItem dynamodb:BatchWriteItem dynamodb:PutItem dynamodb:Query",
        expect.stringMatching(/^<PointsmanTablesResults\w+\.Arn>$/),
      ],
      ["sns:Publish", expect.stringMatching(/^<PointsmanAlertsTopic\w+>$/)],
      [
        "lambda:InvokeFunction",
        locations
          .toSorted()
          .map((region) =>
            expect.stringMatching(`^arn:aws:lambda:${region}:123456789012:function:Pointsman-\\w+-probe$`),
          ),
      ],
      ["sqs:SendMessage", expect.stringMatching(/^<PointsmanSweepFailures\w+\.Arn>$/)],
    ]);
  });

  test("a probe function may write its log, and nothing else, at home and elsewhere", () => {
    const { home, further } = deployed(withService());
    for (const template of [home, ...further.values()]) {
      const statements = statementsOf(template, "ProbeRole");
      expect(actionsOf(statements)).toEqual(["logs:CreateLogStream", "logs:PutLogEvents"]);
      expect(statements.map(({ Resource }) => plain(Resource))).toEqual([
        expect.stringMatching(/ProbeLog\w+\.Arn>$/),
      ]);
    }
  });

  test("the schedule may start the sweep, and only this account's schedules may use that", () => {
    const { home } = deployed(withService());
    expect(plain(statementsOf(home, "MinuteRole"))).toEqual([
      {
        Action: "lambda:InvokeFunction",
        Effect: "Allow",
        Resource: expect.stringMatching(/^<PointsmanSweepFunction\w+\.Arn>$/),
      },
    ]);
    home.hasResourceProperties("AWS::IAM::Role", {
      AssumeRolePolicyDocument: {
        Statement: [
          {
            Principal: { Service: "scheduler.amazonaws.com" },
            Condition: { StringEquals: { "aws:SourceAccount": { Ref: "AWS::AccountId" } } },
          },
        ],
      },
    });
  });
});
