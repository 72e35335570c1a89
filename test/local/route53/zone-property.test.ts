import fc from "fast-check";
import { expect, test } from "vitest";
import type { RecordType } from "../../../local/route53/values.ts";
import {
  applyBatch,
  type Change,
  listSets,
  openZone,
  type RecordSet,
  type Zone,
} from "../../../local/route53/zone.ts";

/** Few names, values and TTLs, so that changes meet one another. */
const anyName = fc.constantFrom(
  "example.com",
  "a.example.com",
  "A.example.com.",
  "b.a.example.com",
  "*.example.com",
  "a.test",
);
const anyOf: Record<string, readonly string[]> = {
  A: ["192.0.2.1", "192.0.2.2", "nonsense"],
  CNAME: ["a.example.com", "b.test"],
  TXT: ['"a"', '"b"', "unquoted"],
  NS: ["ns-1.route53.test.", "ns-2.route53.test."],
};
const anySet = fc.constantFrom("A", "CNAME", "TXT", "NS").chain((type) =>
  fc.record<RecordSet>({
    name: anyName,
    type: fc.constant(type as RecordType),
    ttlSeconds: fc.constantFrom(60, 60, 60, 172800, -1),
    values: fc.array(fc.constantFrom(...(anyOf[type] ?? [])), { minLength: 1, maxLength: 2 }),
  }),
);
const anyChange: fc.Arbitrary<Change> = fc.record({
  action: fc.constantFrom("CREATE", "DELETE", "UPSERT"),
  set: anySet,
});
const anyBatches = fc.array(fc.array(anyChange, { minLength: 1, maxLength: 4 }), {
  minLength: 1,
  maxLength: 12,
});

const spelt = (name: string) => `${name.toLowerCase().replace(/\.$/, "").replace("*", "\\052")}.`;
const key = (name: string, type: string) => `${spelt(name)} ${type}`;
const asText = (zone: Zone) => JSON.stringify(listSets(zone));

/** The oracle: a map of texts; it knows nothing of the rules, only what each action does to a set. */
const expected = (zone: Zone, changes: readonly Change[]) => {
  const sets = new Map(listSets(zone).map((set) => [key(set.name, set.type), set.values.join()]));
  for (const { action, set } of changes) {
    if (action === "DELETE") sets.delete(key(set.name, set.type));
    else sets.set(key(set.name, set.type), set.values.join());
  }
  return [...sets].sort();
};
const actual = (zone: Zone) =>
  listSets(zone)
    .map((set) => [key(set.name, set.type), set.values.join()])
    .sort();

/** What no zone may ever be, said without the code under test. */
const flaws = (zone: Zone) => {
  const sets = listSets(zone);
  const at = (name: string) => sets.filter((set) => set.name === name);
  return sets.filter(
    (set) =>
      !set.name.endsWith("example.com.") ||
      /[A-Z*]/.test(set.name) ||
      set.values.length === 0 ||
      new Set(set.values).size < set.values.length ||
      set.values.some((value) => value === "nonsense" || value === "unquoted") ||
      set.ttlSeconds < 0 ||
      (set.type === "CNAME" &&
        (at(set.name).length > 1 || set.values.length > 1 || set.name === "example.com.")) ||
      at(set.name).filter((other) => other.type === set.type).length > 1,
  );
};

test("a batch applies whole or not at all, and never yields an invalid zone", () => {
  const outcomes = { accepted: 0, refused: 0 };
  fc.assert(
    fc.property(anyBatches, (batches) => {
      let zone = openZone("Z1", "example.com");
      for (const changes of batches) {
        const before = asText(zone);
        const wanted = expected(zone, changes);
        const result = applyBatch(zone, changes);
        expect(asText(zone)).toBe(before);
        outcomes[result.ok ? "accepted" : "refused"]++;
        if (!result.ok) {
          expect(result.messages.length).toBeGreaterThan(0);
          expect(result.messages.length).toBeLessThanOrEqual(changes.length);
          continue;
        }
        zone = result.zone;
        expect(actual(zone)).toEqual(wanted);
        expect(flaws(zone)).toEqual([]);
        const apex = actual(zone).map(([name]) => name);
        expect(apex).toEqual(expect.arrayContaining(["example.com. NS", "example.com. SOA"]));
      }
    }),
    { numRuns: 2000 },
  );
  expect(Math.min(outcomes.accepted, outcomes.refused)).toBeGreaterThan(200);
});

test("a refused change is refused alone as well, in the zone its forerunners left", () => {
  fc.assert(
    fc.property(fc.array(anyChange, { minLength: 1, maxLength: 5 }), (changes) => {
      let zone = openZone("Z1", "example.com");
      let oneByOne = true;
      for (const change of changes) {
        const result = applyBatch(zone, [change]);
        if (result.ok) zone = result.zone;
        else oneByOne = false;
      }
      const whole = applyBatch(openZone("Z1", "example.com"), changes);
      expect(whole.ok).toBe(oneByOne);
      if (whole.ok) expect(asText(whole.zone)).toBe(asText(zone));
    }),
    { numRuns: 1000 },
  );
});
