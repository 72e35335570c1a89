import { type Answer, decode, encode, type Packet } from "dns-packet";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readAnswer, writeQuery } from "../../lambda/checks/dns-message.ts";
import type { DnsType } from "../../lambda/core/config.ts";

const name = "Shop.example.test";
const of = (type: DnsType): Buffer => writeQuery(7, "shop.example.test", type);

const answer = (type: DnsType, answers: Answer[], more: Packet = {}): Buffer =>
  encode({ type: "response", id: 7, questions: [{ type, name }], answers, ...more });

const read = (message: Buffer, type: DnsType) => readAnswer(message, of(type), type);

describe("a query", () => {
  it("is one for the name and the type, recursion desired", () => {
    const { id, type, questions, flag_rd } = decode(of("CAA"));
    expect({ id, type, questions, flag_rd }).toEqual({
      id: 7,
      type: "query",
      questions: [{ name: "shop.example.test", type: "CAA", class: "IN" }],
      flag_rd: true,
    });
  });

  it("may be for the root", () => {
    expect(decode(writeQuery(1, ".", "NS")).questions?.[0]?.name).toBe(".");
  });
});

describe("an answer's values", () => {
  it.each<[DnsType, Answer[], string[]]>([
    ["A", [{ type: "A", name, data: "192.0.2.1" }], ["192.0.2.1"]],
    ["AAAA", [{ type: "AAAA", name, data: "2001:DB8:0:0::1" }], ["2001:db8::1"]],
    ["CNAME", [{ type: "CNAME", name, data: "Other.example.test" }], ["other.example.test"]],
    ["NS", [{ type: "NS", name, data: "ns1.example.test" }], ["ns1.example.test"]],
    ["PTR", [{ type: "PTR", name, data: "shop.example.test" }], ["shop.example.test"]],
    [
      "MX",
      [{ type: "MX", name, data: { preference: 10, exchange: "mail.example.test" } }],
      ["10 mail.example.test"],
    ],
    ["MX", [{ type: "MX", name, data: { preference: 0, exchange: "." } }], ["0 ."]],
    [
      "SRV",
      [{ type: "SRV", name, data: { priority: 1, weight: 2, port: 443, target: "a.example.test" } }],
      ["1 2 443 a.example.test"],
    ],
    ["TXT", [{ type: "TXT", name, data: ["v=spf1 ", "-all"] }], ["v=spf1 -all"]],
    ["TXT", [{ type: "TXT", name, data: ["Grüße", ""] }], ["Grüße"]],
    [
      "CAA",
      [{ type: "CAA", name, data: { flags: 128, tag: "issue", value: "letsencrypt.org" } }],
      ['128 issue "letsencrypt.org"'],
    ],
    [
      "SOA",
      [
        {
          type: "SOA",
          name,
          data: {
            mname: "ns1.example.test",
            rname: "admin.example.test",
            serial: 4_000_000_000,
            refresh: 2,
            retry: 3,
            expire: 4,
            minimum: 5,
          },
        },
      ],
      ["ns1.example.test admin.example.test 4000000000 2 3 4 5"],
    ],
    [
      "A",
      [
        { type: "CNAME", name, data: "lb.example.test" },
        { type: "A", name: "lb.example.test", data: "192.0.2.1" },
        { type: "A", name: "lb.example.test", data: "192.0.2.2" },
        { type: "A", name: "lb.example.test", data: "192.0.2.3", class: "CH" },
      ],
      ["192.0.2.1", "192.0.2.2"],
    ],
    ["A", [], []],
  ])("%s %j", (type, answers, values) => {
    expect(read(answer(type, answers), type)).toEqual({ rcode: "NOERROR", truncated: false, values });
  });

  it("may be compressed", () => {
    const [head, data] = [answer("NS", [{ type: "NS", name, data: "x" }]), "03616263"];
    // The name "abc." and then a pointer to the question's name.
    const compressed = Buffer.concat([head.subarray(0, -5), Buffer.from(`0006${data}c00c`, "hex")]);
    compressed.write("abc", compressed.length - 5);
    expect(read(compressed, "NS")).toMatchObject({ values: ["abc.shop.example.test"] });
  });

  it("are those that another implementation wrote", () => {
    const label = fc.stringMatching(/^[a-z0-9_-]{1,20}$/);
    const host = fc.array(label, { minLength: 1, maxLength: 5 }).map((labels) => labels.join("."));
    const word = fc.nat(0xffff);
    const record = fc.oneof(
      fc.ipV4().map((data) => ["A", data, data] as const),
      host.map((data) => ["NS", data, data] as const),
      fc
        .tuple(word, host)
        .map(([n, data]) => ["MX", { preference: n, exchange: data }, `${n} ${data}`] as const),
      fc
        .string({ unit: "binary", maxLength: 60 })
        .map((data) => ["TXT", data, Buffer.from(data).toString()] as const),
    );
    fc.assert(
      fc.property(
        fc.array(record, { maxLength: 20 }),
        fc.constantFrom("A", "NS", "MX", "TXT"),
        (records, type) => {
          const answers = records.map(([of, data]) => ({ type: of, name, data }) as Answer);
          const values = records.filter(([of]) => of === type).map(([, , value]) => value);
          expect(read(answer(type as DnsType, answers), type as DnsType)).toMatchObject({ values });
        },
      ),
    );
  });
});

describe("what is no answer to the query", () => {
  const good = answer("A", [{ type: "A", name, data: "192.0.2.1" }]);
  const edited = (at: number, byte: number) => Buffer.from(good.map((old, i) => (i === at ? byte : old)));

  it.each([
    ["another id", edited(1, 8), "stray"],
    ["a query", edited(2, 1), "stray"],
    ["another operation", edited(2, 0xa8), "stray"],
    ["another name", edited(13, 0x78), "stray"],
    ["two questions", edited(5, 2), "stray"],
    ["no question", edited(5, 0), "stray"],
    ["less than a header", good.subarray(0, 11), "stray"],
    ["nothing", good.subarray(0, 0), "stray"],
    ["a record that is cut", good.subarray(0, -1), "bad"],
    ["more records than are there", edited(7, 9), "bad"],
    ["an address of five bytes", Buffer.concat([edited(good.length - 5, 5), Buffer.of(1)]), "bad"],
  ])("%s", (_name, message, found) => expect(read(message, "A")).toBe(found));

  it("an error without a question is one", () => {
    const refused = Buffer.from("000780050000000000000000", "hex");
    expect(read(refused, "A")).toEqual({ rcode: "REFUSED", truncated: false, values: [] });
  });

  it("a name that points at itself, and one without an end, are bad", () => {
    const ns = answer("NS", [{ type: "NS", name, data: "x" }]);
    const at = ns.length - 3;
    const loop = Buffer.concat([ns.subarray(0, at - 2), Buffer.of(0, 2, 0xc0, at)]);
    expect(read(loop, "NS")).toBe("bad");
    const endless = Buffer.concat([ns.subarray(0, at - 2), Buffer.of(4, 0), Buffer.alloc(1024, 1)]);
    expect(read(endless, "NS")).toBe("bad");
  });

  it("more records than anybody needs are bad", () => {
    const records = (count: number) =>
      answer(
        "A",
        Array.from({ length: count }, () => ({ type: "A", name, data: "192.0.2.1" })),
      );
    expect(read(records(256), "A")).toMatchObject({ values: { length: 256 } });
    expect(read(records(257), "A")).toBe("bad");
  });

  it("junk never throws", () => {
    const edits = fc.array(fc.tuple(fc.nat(120), fc.nat(255)), { maxLength: 8 });
    const types = fc.constantFrom<DnsType[]>("A", "NS", "SOA", "MX", "SRV", "TXT", "CAA", "AAAA");
    const soa = { mname: "a.test", rname: "b.test", serial: 1, refresh: 2, retry: 3, expire: 4, minimum: 5 };
    fc.assert(
      fc.property(types, edits, fc.nat(200), (type, changes, length) => {
        const message = answer(type, [
          { type: "SOA", name, data: soa },
          { type: "MX", name, data: { exchange: "c.test" } },
          { type: "TXT", name, data: ["d", "e"] },
        ]);
        for (const [at, byte] of changes) if (at > 1 && at < message.length) message[at] = byte;
        read(message.subarray(0, length), type);
      }),
      { numRuns: 2000 },
    );
  });
});
