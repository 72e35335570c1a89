import { readFileSync } from "node:fs";
import { Stack } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { AwsSolutionsChecks } from "cdk-nag";
import { ZoneRole } from "pointsman/zone-role";
import { describe, expect, test } from "vitest";
import { head, parseValid, type ServiceParts, withService } from "../config/sample.ts";
import {
  deployed,
  list,
  manyServices,
  newApp,
  plain,
  policiesOf,
  resources,
  statementsOf,
} from "./deployed.ts";

const role = "arn:aws:iam::210987654321:role/dns/pointsman-zone";
const sweepRoleArn = "arn:aws:iam::123456789012:role/Pointsman-PointsmanSweepRole1A2B3C4D-AbCdEfGhIjKl";

/** What the zone's account deploys for a file. */
function zoneRole(
  text: string,
  roleArn = role,
  account = "210987654321",
): { stack: Stack; template: Template } {
  const stack = new Stack(newApp(), "Zone", { env: { account, region: "eu-central-1" } });
  new ZoneRole(stack, "ZoneRole", { config: parseValid(text).config, roleArn, sweepRoleArn });
  return { stack, template: Template.fromStack(stack) };
}

const dns = (zoneId: string, name: string, roleArn?: string): string =>
  `{ zoneId: ${zoneId}, name: ${name}, type: A${roleArn === undefined ? "" : `, roleArn: '${roleArn}'`} }`;

const service = (id: string, dns: string): string => `  ${id}:
    mode: armed
    dns: ${dns}
    check: { tcp: 443 }
    targets:
      - { id: a, value: 3.1.1.1 }
      - { id: b, value: 3.1.1.2 }
`;

const parts: ServiceParts = { dns: dns("Z0SHOP", "shop.acme.com", role) };

describe("the role of a zone in another account", () => {
  const more =
    service("docs", dns("Z0SHOP", "docs.acme.com", role)) +
    service("blog", dns("Z0BLOG", "blog.acme.org", "arn:aws:iam::321098765432:role/zone")) +
    service("home", dns("Z0HOME", "home.acme.net"));
  const { stack, template } = zoneRole(withService({ ...parts, more }));

  test("is called what the config calls it, and trusts home's sweep and nobody else", () => {
    const [found, ...others] = Object.values(resources(template, "AWS::IAM::Role"));
    expect(others).toEqual([]);
    expect(found?.Properties).toMatchObject({ RoleName: "pointsman-zone", Path: "/dns/" });
    expect(found?.Properties["AssumeRolePolicyDocument"]).toMatchObject({
      Statement: [{ Action: "sts:AssumeRole", Effect: "Allow", Principal: { AWS: sweepRoleArn } }],
    });
    expect(found?.Properties).not.toHaveProperty("ManagedPolicyArns");
  });

  test("trusts what home's output says", () => {
    const [output] = Object.values(deployed(withService()).home.findOutputs("SweepRole"));
    expect(plain(output?.["Value"])).toMatch(/^<PointsmanSweepRole\w+\.Arn>$/);
  });

  test("may do in its zones what the sweep may do in its own, and nothing in others", () => {
    const own = withService({
      dns: dns("Z0SHOP", "shop.acme.com"),
      more: service("docs", dns("Z0SHOP", "docs.acme.com")),
    });
    const ofSweep = statementsOf(deployed(own).home, "SweepRole").filter(({ Action }) =>
      list(Action).some((action) => action.startsWith("route53:")),
    );
    expect(ofSweep.length).toBeGreaterThan(2);
    expect(plain(statementsOf(template, "ZoneRole"))).toEqual(plain(ofSweep));
    expect(JSON.stringify(template)).not.toMatch(/Z0BLOG|Z0HOME|blog\.|home\.acme/);
  });

  test("is nothing cdk-nag minds", () => {
    expect(new AwsSolutionsChecks().validateScope(stack).violations).toEqual([]);
  });

  test("has room for hundreds of names", () => {
    const text = manyServices(400).replaceAll(/zoneId: \w+,/g, (zoneId) => `${zoneId} roleArn: '${role}',`);
    const policies = policiesOf(zoneRole(text).template, "ZoneRole");
    const managed = policies.filter(({ kind }) => kind === "managed");
    const chars = managed.map(({ statements }) => JSON.stringify(plain(statements)).length + 50);
    expect(managed.length).toBeLessThanOrEqual(10);
    expect(Math.max(...chars)).toBeLessThanOrEqual(6_144);
    expect(new Set(JSON.stringify(policies).match(/"service-\d+\.acme\.\w+"/g)).size).toBe(400);
  });

  test.each([
    ["a role that no service names", `${role}s`, "210987654321", /no service .*role\/dns\/pointsman-zones/],
    [
      "another account's stack",
      role,
      "123456789012",
      /of account 210987654321; this stack is of 123456789012/,
    ],
  ])("is refused: %s", (_, roleArn, account, message) => {
    expect(() => zoneRole(withService(parts), roleArn, account)).toThrow(message);
  });
});

describe("docs/another-account.md", () => {
  const text = readFileSync(new URL("../../docs/another-account.md", import.meta.url), "utf8");
  const blocks = (language: string): string[] =>
    [...text.matchAll(/```(\w+)\n(.*?)```/gs)].flatMap(([, of, block = ""]) =>
      of === language ? [block] : [],
    );
  const [yaml = ""] = blocks("yaml");
  const [typescript = ""] = blocks("ts");
  const [trust = "", permissions = "", ...others] = blocks("json").map((json): unknown => JSON.parse(json));
  const [, roleArn = ""] = /roleArn: (\S+)/.exec(yaml) ?? [];
  const { template } = zoneRole(`${head}${yaml}`, roleArn);
  const found = Object.values(resources(template, "AWS::IAM::Role"))[0]?.Properties;

  test("shows the policies of the role that the construct makes for the config it shows", () => {
    expect(others).toEqual([]);
    expect(plain(found?.["AssumeRolePolicyDocument"])).toEqual(trust);
    expect({ Version: "2012-10-17", Statement: plain(statementsOf(template, "ZoneRole")) }).toEqual(
      permissions,
    );
  });

  test("calls the construct with what is in them", () => {
    expect(typescript).toContain(`roleArn: "${roleArn}"`);
    expect(typescript).toContain(`sweepRoleArn: "${sweepRoleArn}"`);
    expect(typescript).toContain('from "pointsman/zone-role"');
  });
});
