import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Service } from "../../lambda/core/config.ts";
import { dropBatch, moveBatch } from "../../lambda/core/move.ts";
import { type Change, type RecordSet, recordFor } from "../../lambda/core/records.ts";
import { type Intent, resume } from "../../lambda/core/service-state.ts";
import type { Zone } from "../../local/route53/zone.ts";
import { nineMs } from "./fixture.ts";
import { apply, owner, read, shop3, zoneWith } from "./zone-fixture.ts";

/** The oracle is the zone of `local/route53`, which knows Route 53's rules and nothing of generations. */

const wildcard: Service = { ...shop3, dns: { ...shop3.dns, name: "*.example.com" } };
const alias: Service = {
  ...shop3,
  dns: { ...shop3.dns, name: "www.example.com", type: "CNAME" },
  targets: ["main.example.net", "spare.example.net", "static.example.org"].map((value, i) => ({
    id: `target-${i}`,
    endpoint: `site/target-${i}`,
    values: [value],
  })),
};
const services = { "an address": shop3, "a wildcard": wildcard, "an alias": alias };

/** A change as it would be decided and saved while the zone is as it is, `to` being the how-manieth target. */
function intentAt(service: Service, zone: Zone, generation: number, to: number): Intent {
  const target = service.targets[to % service.targets.length] ?? { id: "", endpoint: "", values: [""] };
  return {
    kind: "failover",
    to: target.id,
    why: "",
    now: read(zone, service).record,
    want: recordFor(service, target),
    generation,
    decidedMs: nineMs,
    fromUp: false,
  };
}

const deletes = (changes: readonly Change[]): RecordSet[] =>
  changes.flatMap(({ action, record }) => (action === "DELETE" ? [record] : []));

/** What is decided at each step: where to, and whether it is sent or given up. */
type Step = { readonly to: number; readonly what: "move" | "drop" };
const anySteps = fc.array(fc.record<Step>({ to: fc.nat(2), what: fc.constantFrom("move", "drop") }), {
  minLength: 1,
  maxLength: 8,
});

/** The name's life, step by step: the change, the zone it met, both batches, and the zone after the one that was sent. */
function live(service: Service, steps: readonly Step[], startsAt: number | undefined) {
  const target = startsAt === undefined ? undefined : service.targets[startsAt];
  let zone = zoneWith(...(target ? [recordFor(service, target)] : []));
  let generation = 0;
  return steps.map(({ to, what }, i) => {
    const before = zone;
    const intent = intentAt(service, zone, generation, to);
    const batches = { move: moveBatch(service, intent, owner), drop: dropBatch(service, intent, owner) };
    const after = apply(zone, batches[what]);
    if (after === undefined) throw new Error(`step ${i} was refused`);
    zone = after;
    generation += stepOf[what];
    return { what, intent, before, batches, after };
  });
}

/** How far each moves the generation on. */
const stepOf = { move: 1, drop: 2 };

const anyStart = fc.option(fc.nat(2), { nil: undefined });

describe.each(Object.entries(services))(
  "the record of %s, whatever was moved and given up before",
  (_, service) => {
    test("what was saved is seen in the zone: still to apply, then done or dropped", () => {
      fc.assert(
        fc.property(anySteps, anyStart, (steps, startsAt) => {
          for (const { what, intent, before, after } of live(service, steps, startsAt)) {
            expect(resume(intent, read(before, service), owner).is).toBe("apply");
            const became = what === "move" ? "done" : "dropped";
            expect(resume(intent, read(after, service), owner).is).toBe(became);
          }
        }),
      );
    });

    test("no batch of the past is ever taken again: neither the sent one, nor the other, nor any before", () => {
      fc.assert(
        fc.property(anySteps, anyStart, (steps, startsAt) => {
          const life = live(service, steps, startsAt);
          for (const [i, { after }] of life.entries()) {
            const past = life.slice(0, i + 1).flatMap(({ batches }) => [batches.move, batches.drop]);
            expect(past.filter((batch) => apply(after, batch) !== undefined)).toEqual([]);
          }
        }),
      );
    });

    test("a batch deletes exactly what stands, never leaves the name empty, and moves the generation on: by one, or two to give up", () => {
      fc.assert(
        fc.property(anySteps, anyStart, (steps, startsAt) => {
          for (const { what, intent, before, batches, after } of live(service, steps, startsAt)) {
            const stands = Object.values(read(before, service)).filter((record) => record !== null);
            expect(deletes(batches.move)).toEqual(stands);
            expect(deletes(batches.drop)).toEqual(stands);
            const { record, generation } = read(after, service);
            expect(record).toEqual(what === "move" ? intent.want : intent.now);
            expect(generation?.values).toEqual([`"owner=${owner} gen=${intent.generation + stepOf[what]}"`]);
          }
        }),
      );
    });
  },
);

describe("primary -> standby -> primary", () => {
  const life = live(
    shop3,
    [1, 0, 1].map((to) => ({ to, what: "move" as const })),
    0,
  );

  test("a delayed batch of the first failover finds its record again, and is refused all the same", () => {
    const [first, second] = life;
    expect(first && second && deletes(first.batches.move)).toEqual([
      recordFor(shop3, shop3.targets[0] ?? none),
    ]);
    expect(second && read(second.after, shop3).record).toEqual(first?.intent.now);
    expect(first && second && apply(second.after, first.batches.move)).toBeUndefined();
  });

  test("without the generation it would be taken: the fence is what refuses it", () => {
    const [first, second] = life;
    const unfenced = first?.batches.move.filter(({ record }) => record.type !== "TXT") ?? [];
    expect(second && apply(second.after, unfenced)).toBeDefined();
  });
});

const none = { id: "", endpoint: "", values: [""] };

test("a change that met another TTL adopts it, and then applies", () => {
  const zone = zoneWith(recordFor(shop3, shop3.targets[0] ?? none));
  const intent = intentAt(shop3, zone, 0, 1);
  const changed = zoneWith({ ...recordFor(shop3, shop3.targets[0] ?? none), ttlSeconds: 300 });
  expect(apply(changed, moveBatch(shop3, intent, owner))).toBeUndefined();
  const found = resume(intent, read(changed, shop3), owner);
  const adopted = found.is === "adopt" ? { ...intent, now: found.now } : intent;
  const after = apply(changed, moveBatch(shop3, adopted, owner));
  expect(after && resume(adopted, read(after, shop3), owner).is).toBe("done");
});

test("what Route 53 spells otherwise is adopted, and then applies", () => {
  const now = recordFor(alias, alias.targets[0] ?? none);
  const zone = zoneWith({ ...now, values: ["Main.Example.net."] });
  const intent = { ...intentAt(alias, zone, 0, 1), now };
  expect(apply(zone, moveBatch(alias, intent, owner))).toBeUndefined();
  const found = resume(intent, read(zone, alias), owner);
  const adopted = found.is === "adopt" ? { ...intent, now: found.now } : intent;
  expect(apply(zone, moveBatch(alias, adopted, owner))).toBeDefined();
});
