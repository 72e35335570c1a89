import { describe, expect, test } from "vitest";
import type { RecordType } from "../../../local/route53/values.ts";
import { applyBatch, type Change, findSet, listSets, openZone } from "../../../local/route53/zone.ts";
import { CREATE, DELETE, set, UPSERT, zone } from "./zone-fixture.ts";

test("a new zone holds its NS and SOA sets and nothing else", () => {
  expect(listSets(openZone("Z2", "example.org")).map(({ name, type }) => [name, type])).toEqual([
    ["example.org.", "NS"],
    ["example.org.", "SOA"],
  ]);
});

describe("accepted", () => {
  test.each<[string, Change[], string, RecordType, string[] | undefined]>([
    ["CREATE", [CREATE("new.example.com", "A", ["192.0.2.1"])], "new.example.com", "A", ["192.0.2.1"]],
    [
      "CREATE of another type at the name",
      [CREATE("www.example.com", "TXT", ['"a"'])],
      "www.example.com",
      "TXT",
      ['"a"'],
    ],
    [
      "DELETE",
      [DELETE("www.example.com", "A", ["192.0.2.10", "192.0.2.11"])],
      "www.example.com",
      "A",
      undefined,
    ],
    [
      "DELETE, values in another order",
      [DELETE("www.example.com", "A", ["192.0.2.11", "192.0.2.10"])],
      "www.example.com",
      "A",
      undefined,
    ],
    [
      "DELETE, name in another spelling",
      [DELETE("WWW.example.com.", "A", ["192.0.2.10", "192.0.2.11"])],
      "www.example.com",
      "A",
      undefined,
    ],
    [
      "UPSERT of a set that exists",
      [UPSERT("www.example.com", "A", ["192.0.2.1"])],
      "www.example.com",
      "A",
      ["192.0.2.1"],
    ],
    [
      "UPSERT of a new set",
      [UPSERT("new.example.com", "AAAA", ["2001:db8::1"])],
      "new.example.com",
      "AAAA",
      ["2001:db8::1"],
    ],
    [
      "a swap: DELETE then CREATE",
      [
        DELETE("www.example.com", "A", ["192.0.2.10", "192.0.2.11"]),
        CREATE("www.example.com", "A", ["198.51.100.20"]),
      ],
      "www.example.com",
      "A",
      ["198.51.100.20"],
    ],
    [
      "CNAME in the place of A, in one batch",
      [
        DELETE("www.example.com", "A", ["192.0.2.10", "192.0.2.11"]),
        CREATE("www.example.com", "CNAME", ["a.test"]),
      ],
      "www.example.com",
      "CNAME",
      ["a.test"],
    ],
    [
      "the last of several changes counts",
      [CREATE("n.example.com", "A", ["192.0.2.1"]), UPSERT("n.example.com", "A", ["192.0.2.2"])],
      "n.example.com",
      "A",
      ["192.0.2.2"],
    ],
    ["a wildcard", [CREATE("*.example.com", "A", ["192.0.2.1"])], "\\052.example.com.", "A", ["192.0.2.1"]],
    ["records at the apex", [CREATE("example.com", "A", ["192.0.2.1"])], "example.com", "A", ["192.0.2.1"]],
    [
      "UPSERT of the apex NS",
      [UPSERT("example.com", "NS", ["ns.example.org"])],
      "example.com",
      "NS",
      ["ns.example.org"],
    ],
    [
      "an NS set below the apex",
      [CREATE("sub.example.com", "NS", ["ns.example.org"])],
      "sub.example.com",
      "NS",
      ["ns.example.org"],
    ],
    ["TTL 0", [CREATE("new.example.com", "A", ["192.0.2.1"], 0)], "new.example.com", "A", ["192.0.2.1"]],
    [
      "the longest TTL",
      [CREATE("new.example.com", "A", ["192.0.2.1"], 2147483647)],
      "new.example.com",
      "A",
      ["192.0.2.1"],
    ],
    [
      "TXT of several strings",
      [CREATE("t.example.com", "TXT", ['"a \\"b\\" \\303" "c"'])],
      "t.example.com",
      "TXT",
      ['"a \\"b\\" \\303" "c"'],
    ],
    [
      "TXT of 255 bytes",
      [CREATE("t.example.com", "TXT", [`"${"a".repeat(255)}"`])],
      "t.example.com",
      "TXT",
      [`"${"a".repeat(255)}"`],
    ],
  ])("%s", (_, changes, name, type, values) => {
    const result = applyBatch(zone, changes);
    expect(result.ok && findSet(result.zone, name, type)?.values).toEqual(values);
  });
});

test("sets are listed by reversed labels, then type; the final dot sorts after a hyphen", () => {
  const names = ["b.example.com", "a.b.example.com", "a.example.com", "a-b.example.com", "*.example.com"];
  const full = openZone("Z3", "example.com", [
    ...names.map((name) => set(name, "TXT", ['"a"'])),
    ...names.map((name) => set(name, "A", ["192.0.2.1"])),
  ]);
  expect(listSets(full).map(({ name, type }) => `${name} ${type}`)).toEqual([
    "example.com. NS",
    "example.com. SOA",
    "\\052.example.com. A",
    "\\052.example.com. TXT",
    "a-b.example.com. A",
    "a-b.example.com. TXT",
    "a.example.com. A",
    "a.example.com. TXT",
    "b.example.com. A",
    "b.example.com. TXT",
    "a.b.example.com. A",
    "a.b.example.com. TXT",
  ]);
});

test.each([
  ["a zone without a name", () => openZone("Z4", "")],
  [
    "a first set that breaks a rule",
    () => openZone("Z4", "example.com", [set("a.test", "A", ["192.0.2.1"])]),
  ],
])("throws on %s", (_, open) => expect(open).toThrow("Z4"));
