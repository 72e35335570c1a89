import { describe, expect, test } from "vitest";
import { answer } from "../../../local/route53/answer.ts";
import type { RecordType } from "../../../local/route53/values.ts";
import { openZone, type RecordSet } from "../../../local/route53/zone.ts";

const set = (name: string, type: RecordType, ...values: string[]): RecordSet => ({
  name,
  type,
  ttlSeconds: 60,
  values,
});
const zones = [
  openZone("Z1", "example.com", [
    set("www.example.com", "A", "192.0.2.10", "192.0.2.11"),
    set("www.example.com", "TXT", '"hello"'),
    set("alias.example.com", "CNAME", "WWW.example.com"),
    set("chain.example.com", "CNAME", "alias.example.com"),
    set("away.example.com", "CNAME", "www.example.org"),
    set("dangling.example.com", "CNAME", "nothing.example.com"),
    set("loop.example.com", "CNAME", "loop.example.com"),
    set("ping.example.com", "CNAME", "pong.example.com"),
    set("pong.example.com", "CNAME", "ping.example.com"),
    set("deep.empty.example.com", "A", "192.0.2.20"),
    set("*.wild.example.com", "A", "192.0.2.30"),
    set("here.wild.example.com", "TXT", '"here"'),
    set("below.there.wild.example.com", "TXT", '"below"'),
    set("*.cwild.example.com", "CNAME", "www.example.com"),
  ]),
  openZone("Z2", "sub.example.com", [set("sub.example.com", "A", "192.0.2.40")]),
];

const shortly = (name: string, type: string) => {
  const { rcode, answers, authorities, authoritative } = answer({ name, type }, zones);
  return [
    rcode,
    authoritative ? "AA" : "-",
    answers.map((record) => `${record.name} ${record.type} ${record.value}`),
    authorities.map((record) => `${record.name} ${record.type} ${record.ttlSeconds}`),
  ];
};
const soa = ["example.com SOA 900"];

describe("what an authoritative server answers", () => {
  test.each([
    [
      "a set",
      "www.example.com",
      "A",
      ["NOERROR", "AA", ["www.example.com A 192.0.2.10", "www.example.com A 192.0.2.11"], []],
    ],
    [
      "a set, the name as it was asked",
      "wWw.EXAMPLE.com",
      "TXT",
      ["NOERROR", "AA", ['wWw.EXAMPLE.com TXT "hello"'], []],
    ],
    ["the type is missing", "www.example.com", "AAAA", ["NOERROR", "AA", [], soa]],
    ["a type Route 53 never heard of", "www.example.com", "UNKNOWN_65", ["NOERROR", "AA", [], soa]],
    ["no such name", "no.example.com", "A", ["NXDOMAIN", "AA", [], soa]],
    ["an empty non-terminal", "empty.example.com", "A", ["NOERROR", "AA", [], soa]],
    ["below an empty non-terminal", "no.empty.example.com", "A", ["NXDOMAIN", "AA", [], soa]],
    ["an end that only looks alike", "mpty.example.com", "A", ["NXDOMAIN", "AA", [], soa]],
    [
      "CNAME and its target",
      "alias.example.com",
      "A",
      [
        "NOERROR",
        "AA",
        [
          "alias.example.com CNAME WWW.example.com",
          "www.example.com A 192.0.2.10",
          "www.example.com A 192.0.2.11",
        ],
        [],
      ],
    ],
    [
      "CNAME, asked for itself",
      "alias.example.com",
      "CNAME",
      ["NOERROR", "AA", ["alias.example.com CNAME WWW.example.com"], []],
    ],
    [
      "CNAME after CNAME",
      "chain.example.com",
      "TXT",
      [
        "NOERROR",
        "AA",
        [
          "chain.example.com CNAME alias.example.com",
          "alias.example.com CNAME WWW.example.com",
          'www.example.com TXT "hello"',
        ],
        [],
      ],
    ],
    [
      "CNAME whose target lacks the type",
      "alias.example.com",
      "AAAA",
      ["NOERROR", "AA", ["alias.example.com CNAME WWW.example.com"], soa],
    ],
    [
      "CNAME out of the zone",
      "away.example.com",
      "A",
      ["NOERROR", "AA", ["away.example.com CNAME www.example.org"], []],
    ],
    [
      "CNAME to no name",
      "dangling.example.com",
      "A",
      ["NXDOMAIN", "AA", ["dangling.example.com CNAME nothing.example.com"], soa],
    ],
    [
      "CNAME to itself",
      "loop.example.com",
      "A",
      ["NOERROR", "AA", ["loop.example.com CNAME loop.example.com"], []],
    ],
    [
      "CNAMEs in a circle",
      "ping.example.com",
      "A",
      [
        "NOERROR",
        "AA",
        ["ping.example.com CNAME pong.example.com", "pong.example.com CNAME ping.example.com"],
        [],
      ],
    ],
    ["a wildcard", "any.wild.example.com", "A", ["NOERROR", "AA", ["any.wild.example.com A 192.0.2.30"], []]],
    [
      "a wildcard, several labels",
      "a.b.wild.example.com",
      "A",
      ["NOERROR", "AA", ["a.b.wild.example.com A 192.0.2.30"], []],
    ],
    [
      "a wildcard asked by its own name",
      "*.wild.example.com",
      "A",
      ["NOERROR", "AA", ["*.wild.example.com A 192.0.2.30"], []],
    ],
    ["a wildcard lacks the type", "any.wild.example.com", "TXT", ["NOERROR", "AA", [], soa]],
    ["a name that exists beside a wildcard", "here.wild.example.com", "A", ["NOERROR", "AA", [], soa]],
    [
      "below a name that exists beside a wildcard",
      "x.here.wild.example.com",
      "A",
      ["NXDOMAIN", "AA", [], soa],
    ],
    ["an empty non-terminal beside a wildcard", "there.wild.example.com", "A", ["NOERROR", "AA", [], soa]],
    ["the name above a wildcard", "wild.example.com", "A", ["NOERROR", "AA", [], soa]],
    [
      "a wildcard CNAME",
      "any.cwild.example.com",
      "TXT",
      ["NOERROR", "AA", ["any.cwild.example.com CNAME www.example.com", 'www.example.com TXT "hello"'], []],
    ],
    [
      "ANY gets one set",
      "www.example.com",
      "ANY",
      ["NOERROR", "AA", ["www.example.com A 192.0.2.10", "www.example.com A 192.0.2.11"], []],
    ],
    [
      "the apex NS",
      "example.com",
      "NS",
      ["NOERROR", "AA", ["example.com NS ns-1.route53.test.", "example.com NS ns-2.route53.test."], []],
    ],
    ["the apex lacks the type", "example.com", "A", ["NOERROR", "AA", [], soa]],
    [
      "the more specific of two zones",
      "sub.example.com",
      "A",
      ["NOERROR", "AA", ["sub.example.com A 192.0.2.40"], []],
    ],
    [
      "no such name in the more specific zone",
      "x.sub.example.com",
      "A",
      ["NXDOMAIN", "AA", [], ["sub.example.com SOA 900"]],
    ],
    ["outside our zones", "www.example.org", "A", ["REFUSED", "-", [], []]],
    ["the root", ".", "NS", ["REFUSED", "-", [], []]],
    ["a zone transfer", "example.com", "AXFR", ["REFUSED", "-", [], []]],
  ])("%s", (_, name, type, expected) => expect(shortly(name, type)).toEqual(expected));
});
