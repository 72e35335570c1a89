import { describe, expect, test } from "vitest";
import { withService } from "../config/sample.ts";
import { deployed, list, plain, type Statement, statementsOf } from "./deployed.ts";

const names = "route53:ChangeResourceRecordSetsNormalizedRecordNames";
const types = "route53:ChangeResourceRecordSetsRecordTypes";
const actions = "route53:ChangeResourceRecordSetsActions";

const allowing = (statements: readonly Statement[], action: string): Statement[] =>
  statements.filter(({ Action }) => list(Action).includes(action));

const sweepOf = (text: string) => statementsOf(deployed(text).home, "SweepRole");

describe("what the sweep may do in Route 53 for a shape of record", () => {
  test.each([
    ["several values", "{ id: ireland, value: [34.240.0.20, 34.240.0.21] }"],
    ["an alias of CloudFront", "{ id: ireland, alias: { name: d1.cloudfront.net } }"],
    ["an alias of another name of the zone", "{ id: ireland, alias: { name: ireland.acme.com } }"],
  ])("%s: no name, type or action more than one value takes", (_, second) =>
    expect(plain(sweepOf(withService({ second })))).toEqual(plain(sweepOf(withService()))),
  );

  test("weighted: no name, type or action more than a failover takes; whose set it is IAM cannot tell", () =>
    expect(plain(sweepOf(withService({ more: "    routing: weighted" })))).toEqual(
      plain(sweepOf(withService())),
    ));

  test("names and types that move together: all of them and one TXT, in one statement", () => {
    const text = withService({
      dns: "{ zoneId: Z0SHOP, name: acme.com, type: A, also: [{ type: AAAA }, { name: www.acme.com }] }",
      first: "{ id: frankfurt, value: [3.120.0.10, '2600:1::1'], check: { connect: 3.120.0.10 } }",
      second: "{ id: ireland, alias: { name: d1.cloudfront.net } }",
    });
    const [statement, ...others] = allowing(sweepOf(text), "route53:ChangeResourceRecordSets");
    expect(others).toEqual([]);
    expect(plain(statement)).toEqual({
      Action: "route53:ChangeResourceRecordSets",
      Effect: "Allow",
      Resource: "arn:aws:route53:::hostedzone/Z0SHOP",
      Condition: {
        "ForAllValues:StringEquals": {
          [names]: ["acme.com", "www.acme.com", "_pointsman-a.acme.com"],
          [types]: ["A", "AAAA", "TXT"],
          [actions]: ["CREATE", "DELETE"],
        },
        Null: { [names]: "false", [types]: "false", [actions]: "false" },
      },
    });
  });
});
