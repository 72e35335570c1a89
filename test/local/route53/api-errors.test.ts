import {
  type ChangeAction,
  ChangeResourceRecordSetsCommand,
  GetChangeCommand,
  GetHostedZoneCommand,
  ListResourceRecordSetsCommand,
} from "@aws-sdk/client-route-53";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { change, openFixture, swap } from "./api-fixture.ts";

let fixture: Awaited<ReturnType<typeof openFixture>>;
beforeEach(async () => {
  fixture = await openFixture();
});
afterEach(() => fixture.close());

describe("errors, as the API Reference names them", () => {
  const inZone = (HostedZoneId: string) => new ListResourceRecordSetsCommand({ HostedZoneId });
  test.each<[string, number, () => Promise<unknown>]>([
    ["NoSuchHostedZone", 404, () => fixture.client.send(inZone("Z9"))],
    ["NoSuchHostedZone", 404, () => fixture.client.send(new GetHostedZoneCommand({ Id: "Z9" }))],
    [
      "NoSuchHostedZone",
      404,
      () => fixture.client.send(new ChangeResourceRecordSetsCommand({ ...swap.input, HostedZoneId: "Z9" })),
    ],
    ["NoSuchChange", 404, () => fixture.client.send(new GetChangeCommand({ Id: "C9" }))],
    ["InvalidInput", 400, () => fixture.list({ StartRecordType: "A" })],
    ["InvalidInput", 400, () => fixture.list({ StartRecordName: "a..b" })],
    ["InvalidInput", 400, () => fixture.list({ MaxItems: 0 })],
    ["InvalidInput", 400, () => fixture.client.send(change())],
    ["InvalidInput", 400, () => fixture.client.send(change(["CREATE", "n.example.com", "A", []]))],
    [
      "InvalidInput",
      400,
      () => fixture.client.send(change(["CREATE", "n.example.com", "A", ["192.0.2.1"], -1])),
    ],
    [
      "InvalidInput",
      400,
      () => fixture.client.send(change(["CREATE", "n.example.com", "SRV", ["1 1 1 a.test"]])),
    ],
    [
      "InvalidInput",
      400,
      () => fixture.client.send(change(["NOPE" as ChangeAction, "n.example.com", "A", ["192.0.2.1"]])),
    ],
    [
      "InvalidChangeBatch",
      400,
      () => fixture.client.send(change(["CREATE", "n.example.com", "A", ["nonsense"]])),
    ],
  ])("%s, HTTP %i", async (name, httpStatusCode, send) => {
    await expect(send()).rejects.toMatchObject({ name, $metadata: { httpStatusCode } });
  });

  test("what this Route 53 does not know is refused, not forgotten", async () => {
    const geographic = new ChangeResourceRecordSetsCommand({
      HostedZoneId: "Z1",
      ChangeBatch: {
        Changes: [
          {
            Action: "CREATE",
            ResourceRecordSet: {
              Name: "w.example.com",
              Type: "A",
              TTL: 60,
              SetIdentifier: "a",
              GeoLocation: { CountryCode: "DE" },
              ResourceRecords: [{ Value: "192.0.2.1" }],
            },
          },
        ],
      },
    });
    await expect(fixture.client.send(geographic)).rejects.toMatchObject({
      name: "InvalidInput",
      message: expect.stringContaining("not supported"),
    });
  });

  test.each([
    ["no XML", "nonsense", 400, "MalformedInput"],
    ["broken XML", "<ChangeResourceRecordSetsRequest><ChangeBatch>", 400, "MalformedInput"],
    ["another document", "<Hello/>", 400, "MalformedInput"],
    ["an empty request", "<ChangeResourceRecordSetsRequest/>", 400, "MalformedInput"],
    [
      "a change that is text",
      "<ChangeResourceRecordSetsRequest><ChangeBatch><Changes><Change>x</Change></Changes></ChangeBatch></ChangeResourceRecordSetsRequest>",
      400,
      "InvalidInput",
    ],
  ])("a body that is %s", async (_, body, status, code) => {
    const response = await fetch(`${fixture.route53.url}/2013-04-01/hostedzone/Z1/rrset`, {
      method: "POST",
      body,
    });
    expect([response.status, await response.text()]).toEqual([
      status,
      expect.stringContaining(`<Code>${code}</Code>`),
    ]);
  });

  test("a path nobody knows", async () => {
    const response = await fetch(`${fixture.route53.url}/2013-04-01/healthcheck`);
    expect([response.status, await response.text()]).toEqual([
      400,
      expect.stringContaining("<Code>InvalidInput</Code>"),
    ]);
  });
});
