import { describe, expect, test } from "vitest";
import type { RecordType } from "../../../local/route53/values.ts";
import { type Action, applyBatch, type Change } from "../../../local/route53/zone.ts";
import { CREATE, change, DELETE, nameServers, refusal, soa, UPSERT, zone } from "./zone-fixture.ts";

describe("refused as InvalidChangeBatch", () => {
  test.each<[string, string, Change[]]>([
    ["CREATE of a set that exists", "already exists", [CREATE("www.example.com", "A", ["192.0.2.1"])]],
    [
      "CREATE of a set that exists as it is",
      "already exists",
      [CREATE("www.example.com", "A", ["192.0.2.10", "192.0.2.11"])],
    ],
    [
      "CREATE twice in one batch",
      "already exists",
      [CREATE("n.example.com", "A", ["192.0.2.1"]), CREATE("n.example.com", "A", ["192.0.2.1"])],
    ],
    ["DELETE of a set that is not there", "not found", [DELETE("no.example.com", "A", ["192.0.2.1"])]],
    ["DELETE of another type", "not found", [DELETE("www.example.com", "TXT", ['"a"'])]],
    [
      "DELETE with another TTL",
      "do not match",
      [DELETE("www.example.com", "A", ["192.0.2.10", "192.0.2.11"], 61)],
    ],
    [
      "DELETE with another value",
      "do not match",
      [DELETE("www.example.com", "A", ["192.0.2.10", "192.0.2.12"])],
    ],
    ["DELETE with a value too few", "do not match", [DELETE("www.example.com", "A", ["192.0.2.10"])]],
    [
      "DELETE with a value twice",
      "do not match",
      [DELETE("www.example.com", "A", ["192.0.2.10", "192.0.2.10"])],
    ],
    [
      "DELETE with a value too many",
      "do not match",
      [DELETE("www.example.com", "A", ["192.0.2.10", "192.0.2.11", "192.0.2.12"])],
    ],
    [
      "DELETE twice in one batch",
      "not found",
      [
        DELETE("alias.example.com", "CNAME", ["www.example.com"]),
        DELETE("alias.example.com", "CNAME", ["www.example.com"]),
      ],
    ],
    [
      "CREATE before the DELETE that makes room",
      "already exists",
      [
        CREATE("www.example.com", "A", ["192.0.2.1"]),
        DELETE("www.example.com", "A", ["192.0.2.10", "192.0.2.11"]),
      ],
    ],
    ["a name outside the zone", "not permitted in zone", [CREATE("www.example.org", "A", ["192.0.2.1"])]],
    [
      "a name that only ends like the zone's",
      "not permitted in zone",
      [CREATE("wwwexample.com", "A", ["192.0.2.1"])],
    ],
    ["the zone's parent", "not permitted in zone", [CREATE("com", "A", ["192.0.2.1"])]],
    ["no name at all", "not a valid domain name", [CREATE("a..example.com", "A", ["192.0.2.1"])]],
    ["CNAME beside another type", "conflicts with other", [CREATE("www.example.com", "CNAME", ["a.test"])]],
    [
      "another type beside a CNAME",
      "conflicting RRSet of type CNAME",
      [CREATE("alias.example.com", "A", ["192.0.2.1"])],
    ],
    [
      "UPSERT of another type beside a CNAME",
      "conflicting RRSet of type CNAME",
      [UPSERT("alias.example.com", "TXT", ['"a"'])],
    ],
    ["CNAME at the apex", "at apex", [UPSERT("example.com", "CNAME", ["a.test"])]],
    ["CNAME with two values", "multiple values", [CREATE("c.example.com", "CNAME", ["a.test", "b.test"])]],
    [
      "SOA with two values",
      "multiple values",
      [UPSERT("example.com", "SOA", [soa, soa.replace(" 1 ", " 2 ")])],
    ],
    ["SOA below the apex", "apex only", [CREATE("sub.example.com", "SOA", [soa])]],
    ["a malformed SOA", "SOARRDATA", [UPSERT("example.com", "SOA", ["ns. host. 1 2 3"])]],
    ["DELETE of the apex SOA", "exactly one SOA", [DELETE("example.com", "SOA", [soa], 900)]],
    ["DELETE of the apex NS", "at least one NS", [DELETE("example.com", "NS", nameServers, 172800)]],
    ["a wildcard NS", "no wildcard", [CREATE("*.example.com", "NS", ["ns.example.org"])]],
    ["A that is no IPv4 address", "IPv4", [CREATE("n.example.com", "A", ["192.0.2.256"])]],
    ["A with a name", "IPv4", [CREATE("n.example.com", "A", ["www.example.com"])]],
    ["A with leading zeros", "IPv4", [CREATE("n.example.com", "A", ["192.0.2.010"])]],
    ["A with an IPv6 address", "IPv4", [CREATE("n.example.com", "A", ["2001:db8::1"])]],
    ["AAAA with an IPv4 address", "IPv6", [CREATE("n.example.com", "AAAA", ["192.0.2.1"])]],
    ["AAAA with a zone index", "IPv6", [CREATE("n.example.com", "AAAA", ["fe80::1%eth0"])]],
    ["an empty CNAME", "DomainName", [CREATE("c.example.com", "CNAME", [""])]],
    ["TXT without quotes", "quotation", [CREATE("t.example.com", "TXT", ["a"])]],
    ["TXT with a quote left open", "quotation", [CREATE("t.example.com", "TXT", ['"a'])]],
    [
      "TXT of 256 bytes in a string",
      "CharacterStringTooLong",
      [CREATE("t.example.com", "TXT", [`"${"a".repeat(256)}"`])],
    ],
    [
      "TXT of more than 4,000 characters",
      "ValueTooLong",
      [CREATE("t.example.com", "TXT", [`"${"a".repeat(200)}" `.repeat(20).trim()])],
    ],
    ["equal values", "Duplicate", [CREATE("n.example.com", "A", ["192.0.2.1", "192.0.2.1"])]],
    [
      "equal addresses, spelt differently",
      "Duplicate",
      [CREATE("n.example.com", "AAAA", ["2001:db8::1", "2001:DB8:0::1"])],
    ],
    ["equal strings, spelt differently", "Duplicate", [CREATE("t.example.com", "TXT", ['"a"', '"\\141"'])]],
    ["UPSERT with a bad value", "IPv4", [UPSERT("www.example.com", "A", ["nonsense"])]],
  ])("%s: %s", (_, reason, changes) => {
    const result = applyBatch(zone, changes);
    expect(result).toMatchObject({ ok: false, code: "InvalidChangeBatch" });
    expect(!result.ok && result.messages[0]).toContain(reason);
  });
});

describe("refused as InvalidInput", () => {
  test.each<[string, Change[]]>([
    ["no change", []],
    ["no value", [CREATE("n.example.com", "A", [])]],
    ["a TTL below 0", [CREATE("n.example.com", "A", ["192.0.2.1"], -1)]],
    ["a TTL above 2147483647", [CREATE("n.example.com", "A", ["192.0.2.1"], 2147483648)]],
    ["a TTL that is no whole number", [CREATE("n.example.com", "A", ["192.0.2.1"], 1.5)]],
    ["a TTL that is no number", [CREATE("n.example.com", "A", ["192.0.2.1"], Number.NaN)]],
    ["an unknown type", [CREATE("n.example.com", "NOPE" as RecordType, ["a"])]],
  ])("%s", (_, changes) => expect(refusal(...changes)).toBe("InvalidInput"));
});

test("a refused batch names every offending change, and only those", () => {
  const result = applyBatch(zone, [
    DELETE("www.example.com", "A", ["192.0.2.99"]),
    CREATE("fine.example.com", "A", ["192.0.2.1"]),
    CREATE("www.example.com", "A", ["192.0.2.1"]),
  ]);
  expect(!result.ok && result.messages).toEqual([
    "Tried to delete resource record set [name='www.example.com.', type='A'] but the values provided do not match the current values",
    "Tried to create resource record set [name='www.example.com.', type='A'] but it already exists",
  ]);
});

describe("size of a batch (Developer Guide, Quotas)", () => {
  const many = (action: Action, count: number) =>
    Array.from({ length: count }, (_, i) => change(action, `n${i}.example.com`, "A", ["192.0.2.1"]));
  const long = (action: Action, count: number) =>
    Array.from({ length: count }, (_, i) =>
      change(action, `n${i}.example.com`, "TXT", [`"${"a".repeat(198)}"`]),
    );

  test.each<[string, Change[], string]>([
    ["1,000 records", many("CREATE", 1000), "accepted"],
    ["1,001 records", many("CREATE", 1001), "InvalidChangeBatch"],
    ["500 records by UPSERT, which counts twice", many("UPSERT", 500), "accepted"],
    ["501 records by UPSERT", many("UPSERT", 501), "InvalidChangeBatch"],
    ["32,000 characters", long("CREATE", 160), "accepted"],
    ["more than 32,000 characters", long("CREATE", 161), "InvalidChangeBatch"],
    ["16,200 characters by UPSERT", long("UPSERT", 81), "InvalidChangeBatch"],
  ])("%s", (_, changes, outcome) => expect(refusal(...changes)).toBe(outcome));
});
