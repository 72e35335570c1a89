import { Resolver } from "node:dns/promises";
import {
  GetChangeCommand,
  GetHostedZoneCommand,
  ListHostedZonesByNameCommand,
} from "@aws-sdk/client-route-53";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openRoute53 } from "../../../local/route53/api.ts";
import { openDnsServer } from "../../../local/route53/dns-server.ts";
import { findSet, openZone } from "../../../local/route53/zone.ts";
import { change, openFixture, type Step, swap } from "./api-fixture.ts";

let fixture: Awaited<ReturnType<typeof openFixture>>;
beforeEach(async () => {
  fixture = await openFixture();
});
afterEach(() => fixture.close());

describe("reading", () => {
  test("ListResourceRecordSets: everything, in order, names escaped, values unharmed", async () => {
    const { ResourceRecordSets, IsTruncated, MaxItems } = await fixture.list();
    expect({ IsTruncated, MaxItems }).toEqual({ IsTruncated: false, MaxItems: 300 });
    expect(ResourceRecordSets).toEqual([
      {
        Name: "example.com.",
        Type: "NS",
        TTL: 172800,
        ResourceRecords: [{ Value: "ns-1.route53.test." }, { Value: "ns-2.route53.test." }],
      },
      {
        Name: "example.com.",
        Type: "SOA",
        TTL: 900,
        ResourceRecords: [{ Value: expect.stringContaining(" 7200 ") }],
      },
      { Name: "\\052.example.com.", Type: "TXT", TTL: 60, ResourceRecords: [{ Value: '"<a> & \\"b\\""' }] },
      { Name: "www.example.com.", Type: "A", TTL: 60, ResourceRecords: [{ Value: "192.0.2.10" }] },
    ]);
  });

  test.each<[string, object, string[], object]>([
    [
      "from a name on",
      { StartRecordName: "WWW.example.com" },
      ["www.example.com. A"],
      { IsTruncated: false },
    ],
    [
      "from a name and type on",
      { StartRecordName: "example.com", StartRecordType: "SOA", MaxItems: 1 },
      ["example.com. SOA"],
      { IsTruncated: true, NextRecordName: "\\052.example.com.", NextRecordType: "TXT" },
    ],
    [
      "from a type that is not there",
      { StartRecordName: "example.com", StartRecordType: "PTR", MaxItems: 1 },
      ["example.com. SOA"],
      { IsTruncated: true },
    ],
    ["from a name that is not there", { StartRecordName: "m.example.com" }, ["www.example.com. A"], {}],
    ["from after the end", { StartRecordName: "zzz.example.com" }, [], { IsTruncated: false }],
    [
      "more than a page holds",
      { MaxItems: 5000 },
      ["example.com. NS", "example.com. SOA", "\\052.example.com. TXT", "www.example.com. A"],
      { MaxItems: 300 },
    ],
  ])("ListResourceRecordSets: %s", async (_, input, names, more) => {
    const page = await fixture.list(input);
    expect(page.ResourceRecordSets?.map(({ Name, Type }) => `${Name} ${Type}`)).toEqual(names);
    expect(page).toMatchObject(more);
  });

  test("ListResourceRecordSets: page after page, each set once", async () => {
    await fixture.client.send(
      change(
        ...Array.from({ length: 20 }, (_, i): Step => ["CREATE", `n-${i}.n.example.com`, "A", ["192.0.2.1"]]),
      ),
    );
    const names: string[] = [];
    let start = {};
    for (let more = true; more; ) {
      const page = await fixture.list({ MaxItems: 3, ...start });
      names.push(...(page.ResourceRecordSets ?? []).map(({ Name, Type }) => `${Name} ${Type}`));
      start = { StartRecordName: page.NextRecordName, StartRecordType: page.NextRecordType };
      more = page.IsTruncated ?? false;
    }
    expect(names).toHaveLength(24);
    expect(new Set(names).size).toBe(24);
  });

  test("GetHostedZone", async () => {
    const zone = await fixture.client.send(new GetHostedZoneCommand({ Id: "/hostedzone/Z1" }));
    expect(zone.HostedZone).toMatchObject({
      Id: "/hostedzone/Z1",
      Name: "example.com.",
      ResourceRecordSetCount: 4,
    });
    expect(zone.DelegationSet?.NameServers).toEqual(["ns-1.route53.test.", "ns-2.route53.test."]);
  });

  test("ListHostedZonesByName: by reversed labels, page by page", async () => {
    const first = await fixture.client.send(new ListHostedZonesByNameCommand({ MaxItems: 2 }));
    expect(first.HostedZones?.map(({ Name }) => Name)).toEqual(["example.com.", "b.example.net."]);
    expect(first).toMatchObject({ IsTruncated: true, NextDNSName: "a.example.org.", NextHostedZoneId: "Z2" });
    const rest = await fixture.client.send(
      new ListHostedZonesByNameCommand({ DNSName: first.NextDNSName, HostedZoneId: first.NextHostedZoneId }),
    );
    expect(rest.HostedZones?.map(({ Id }) => Id)).toEqual(["/hostedzone/Z2"]);
  });
});

describe("changing", () => {
  test("is PENDING, then INSYNC; the API shows it at once, DNS from INSYNC on", async () => {
    const dns = await openDnsServer(fixture.route53.answered, 0);
    const resolver = new Resolver();
    resolver.setServers([`127.0.0.1:${dns.port}`]);
    const { ChangeInfo } = await fixture.client.send(swap);
    const status = async () =>
      (await fixture.client.send(new GetChangeCommand({ Id: ChangeInfo?.Id }))).ChangeInfo;
    expect(ChangeInfo).toMatchObject({
      Id: expect.stringMatching(/^\/change\/C\d+$/),
      Status: "PENDING",
      Comment: "gen <1>",
    });
    expect(ChangeInfo?.SubmittedAt).toEqual(new Date(fixture.clock.atMs));
    expect(fixture.current()).toEqual(["198.51.100.20"]);

    fixture.clock.atMs += 29_999;
    expect((await status())?.Status).toBe("PENDING");
    expect(await resolver.resolve4("www.example.com")).toEqual(["192.0.2.10"]);

    fixture.clock.atMs += 1;
    expect((await status())?.Status).toBe("INSYNC");
    expect(await resolver.resolve4("www.example.com")).toEqual(["198.51.100.20"]);
    expect(fixture.route53.changes().map(({ id, changes }) => [`/change/${id}`, changes.length])).toEqual([
      [ChangeInfo?.Id, 2],
    ]);
    await dns.close();
  });

  test("stays PENDING while propagation is stuck, and a later change does not overtake it", async () => {
    fixture.route53.setPropagationMs(Number.POSITIVE_INFINITY);
    await fixture.client.send(swap);
    fixture.route53.setPropagationMs(0);
    const { ChangeInfo } = await fixture.client.send(
      change(["UPSERT", "www.example.com", "A", ["192.0.2.99"]]),
    );
    fixture.clock.atMs += 1e9;
    expect((await fixture.client.send(new GetChangeCommand({ Id: ChangeInfo?.Id }))).ChangeInfo?.Status).toBe(
      "PENDING",
    );
    expect(
      fixture.route53.answered()[0] &&
        findSet(fixture.route53.answered()[0] ?? openZone("Z0", "none"), "www.example.com", "A")?.values,
    ).toEqual(["192.0.2.10"]);
  });

  test("the same batch again is refused, with a list of messages, and changes nothing", async () => {
    await fixture.client.send(swap);
    const again = fixture.client.send(swap);
    await expect(again).rejects.toMatchObject({
      name: "InvalidChangeBatch",
      message: expect.stringMatching(
        /^\[Tried to delete .* do not match the current values, Tried to create .* already exists\]$/,
      ),
      $metadata: { httpStatusCode: 400 },
    });
    expect(fixture.current()).toEqual(["198.51.100.20"]);
    expect(fixture.route53.changes()).toHaveLength(1);
  });

  test("any TXT value comes back as it was sent", async () => {
    const anyText = fc.string({
      unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)),
      maxLength: 100,
    });
    const property = fc.asyncProperty(anyText, async (text) => {
      const value = `"${text.replace(/[\\"]/g, "\\$&")}"`;
      await fixture.client.send(change(["UPSERT", "t.example.com", "TXT", [value]]));
      const { ResourceRecordSets } = await fixture.list({ StartRecordName: "t.example.com", MaxItems: 1 });
      expect(ResourceRecordSets?.[0]?.ResourceRecords).toEqual([{ Value: value }]);
    });
    await fc.assert(property, { numRuns: 60 });
  });
});

test("a busy port gives way to a later one", async () => {
  const second = await openRoute53({ zones: [], port: fixture.route53.port });
  expect(second.port).toBeGreaterThan(fixture.route53.port);
  expect(second.url).toBe(`http://127.0.0.1:${second.port}`);
  await second.close();
});
