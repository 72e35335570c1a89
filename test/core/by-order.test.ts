import { describe, expect, test } from "vitest";
import { alert } from "../../lambda/core/alert.ts";
import type { Decision } from "../../lambda/core/decide.ts";
import {
  accepted,
  disarm,
  dropBatch,
  dropped,
  intend,
  intendAdoption,
  moveBatch,
  noteLook,
} from "../../lambda/core/move.ts";
import { resume, type ServiceState } from "../../lambda/core/service-state.ts";
import { openZone, type Zone } from "../../local/route53/zone.ts";
import { anna, ordered, pinned, to, work } from "./order-fixture.ts";
import { at, atFrankfurt, atIreland } from "./situation.ts";
import {
  apply,
  frankfurt,
  ireland,
  otherOwner,
  owner,
  pointing,
  read,
  shop3,
  standing,
  txt,
  zoneWith,
} from "./zone-fixture.ts";

type Move = Extract<Decision, { do: "move" }>;

const away = (by: Move["by"]): Move => ({
  do: "move",
  kind: "moved",
  from: "frankfurt",
  to: ireland,
  why: "ireland up at 5 of 5 locations",
  fromUp: false,
  ...(by && { by }),
});

/** The state after the move was saved, and after Route 53 took it. */
function moved(state: ServiceState, by: Move["by"]): [ServiceState, ServiceState] {
  const intended = intend(shop3, state, away(by), at(0));
  if (intended.intent === undefined) throw new Error("a move has an intent");
  return [intended, accepted(shop3, intended, intended.intent, "C1", at(1))];
}

describe("a move by order", () => {
  test("says who and why from the start, and that it is done", () => {
    const [intended, after] = moved(atFrankfurt, to("ireland"));
    expect(intended.outbox).toMatchObject([{ kind: "move-started", by: anna }]);
    expect(after.outbox.at(-1)).toMatchObject({ kind: "moved", by: anna, alert: true, severity: "warning" });
    expect(after.lastOrder).toEqual({
      number: 7,
      is: "done",
      why: "ireland up at 5 of 5 locations",
      atMs: at(1),
    });
    expect(after).toMatchObject({ pointsSinceMs: at(1), movesFromUpMs: [] });
  });

  test("is told with who and why", () => {
    const [, after] = moved(atFrankfurt, to("ireland"));
    const told = after.outbox.map((event) => alert(event).text).join("\n");
    expect(told).toContain("shop.example.com was moved to ireland by anna, away from frankfurt\n");
    expect(told).toContain("By:    anna: she tries it\n");
  });

  test.each([
    ["stays where it was put", to("ireland"), { target: "ireland", pinned: false }],
    ["is pinned there", to("ireland", { pin: true }), { target: "ireland", pinned: true }],
    ["was only drained", work, undefined],
  ])("the name %s", (_, by, placed) => {
    const [, after] = moved(atFrankfurt, by);
    expect(after.placed).toEqual(placed && { ...anna, ...placed, toldMs: at(1) });
    expect(after.lastOrder === undefined).toBe(placed === undefined);
  });

  test("ends an earlier one's hold", () => {
    const back: Move = { ...away(ordered({ what: "failback" })), from: "ireland", to: frankfurt };
    const intended = intend(shop3, pinned("ireland", atIreland), back, at(0));
    if (intended.intent === undefined) throw new Error("a move has an intent");
    expect(accepted(shop3, intended, intended.intent, "C1", at(1)).placed).toBeUndefined();
  });

  test("that was given up or met somebody else's record was refused", () => {
    const [intended] = moved(atFrankfurt, to("ireland"));
    const { intent } = intended;
    if (intent === undefined) throw new Error("a move has an intent");
    expect(dropped(shop3, intended, intent, at(9)).lastOrder).toMatchObject({ number: 7, is: "refused" });
    expect(disarm(intended, "it is foreign", at(9))).toMatchObject({
      intent,
      disarmed: { why: "it is foreign" },
      lastOrder: { number: 7, is: "refused", why: "it is foreign" },
    });
    const [drained] = moved(atFrankfurt, work);
    expect(disarm(drained, "it is foreign", at(9)).lastOrder).toBeUndefined();
  });

  test.each([true, false])(
    "is over for a name that somebody repoints, unless it is pinned: %s",
    (isPinned) => {
      const { placed, ...state } = pinned("ireland", atIreland);
      const before: ServiceState = { ...state, ...(placed && { placed: { ...placed, pinned: isPinned } }) };
      const after = noteLook(shop3, before, { ...before, written: pointing(frankfurt.values) }, at(5));
      expect(after.placed).toEqual(isPinned ? placed : undefined);
      expect(after.pointsSinceMs).toBe(at(5));
      const disarmed = { ...before, disarmed: { why: "it is foreign", sinceMs: at(1) } };
      const armed = noteLook(shop3, disarmed, { ...before, written: pointing(frankfurt.values) }, at(5));
      expect(armed).toMatchObject({ pointsSinceMs: at(5), outbox: [{ kind: "armed-again" }] });
      expect(armed.placed).toEqual(isPinned ? placed : undefined);
    },
  );
});

describe("to adopt what stands in the zone", () => {
  const disarmed: ServiceState = { ...atFrankfurt, disarmed: { why: "it is foreign", sinceMs: at(-60) } };
  const adopt = ordered({ what: "adopt" });
  const seconds = Math.floor(at(0) / 1000);
  const foreign = pointing("203.0.113.99");
  const others = txt(4, otherOwner);
  const garbage = { ...txt(4), ttlSeconds: 5 };

  /** The state with the adoption saved, what the zone becomes of it, and the state after that. */
  function adopted(zone: Zone, state = disarmed) {
    const intended = intendAdoption(shop3, state, read(zone, shop3), adopt, at(0));
    if (intended.intent === undefined) throw new Error("an adoption has an intent");
    const after = apply(zone, moveBatch(shop3, intended.intent, owner));
    if (after === undefined) throw new Error("the zone refused the batch");
    return {
      intended,
      intent: intended.intent,
      after,
      state: accepted(shop3, intended, intended.intent, "C1", at(1)),
    };
  }

  test.each<[string, Zone]>([
    ["a target's record and our own generation", zoneWith(pointing(ireland.values), txt(9))],
    ["a foreign record", zoneWith(foreign)],
    ["a foreign record and our own generation", zoneWith(foreign, txt(3))],
    ["another installation's generation", zoneWith(pointing(frankfurt.values), others)],
    ["a generation that nobody can read", zoneWith(pointing(frankfurt.values), garbage)],
    ["no record", openZone("Z1", "example.com", [])],
    ["no record, and a generation", zoneWith(txt(3))],
  ])("leaves the record as it is, and starts a new count of generations: %s", (_, zone) => {
    const before = read(zone, shop3);
    const { after, state } = adopted(zone);
    expect(read(after, shop3)).toEqual({ record: before.record, generation: txt(seconds + 1) });
    expect(state).toMatchObject({
      written: before.record,
      generation: seconds + 1,
      lastOrder: { is: "done" },
    });
    expect(state.disarmed ?? state.intent ?? state.propagation).toBeUndefined();
    expect(state.outbox).toMatchObject([{ kind: "adopted", by: anna }]);
  });

  test("the count is above whatever was counted before", () => {
    const { state } = adopted(zoneWith(foreign), { ...disarmed, generation: seconds + 5_000 });
    expect(state.generation).toBe(seconds + 5_001);
  });

  test("what is none of the targets is not left by itself afterwards", () => {
    expect(adopted(zoneWith(foreign)).state.placed).toMatchObject({ target: "orphan", pinned: false });
    expect(adopted(zoneWith(pointing(ireland.values))).state.placed).toBeUndefined();
  });

  test("its outcome is read from the zone when the answer is lost", () => {
    const zone = zoneWith(foreign, others);
    const { intent, after } = adopted(zone);
    expect(resume(intent, read(zone, shop3), owner)).toEqual({ is: "apply" });
    expect(resume(intent, read(after, shop3), owner)).toEqual({ is: "done" });
  });

  test.each([
    ["another TTL", zoneWith(pointing("203.0.113.99", 300), others)],
    ["another value", zoneWith(pointing("203.0.113.7"), others)],
    ["another generation", zoneWith(foreign, txt(5, otherOwner))],
    ["no generation", zoneWith(foreign)],
  ])("what was changed once more is not adopted: %s", (_, zone) => {
    const { intent } = adopted(zoneWith(foreign, others));
    expect(resume(intent, read(zone, shop3), owner).is).toBe("foreign");
    expect(apply(zone, moveBatch(shop3, intent, owner))).toBeUndefined();
    expect(apply(zone, dropBatch(shop3, intent, owner))).toBeUndefined();
  });

  test("a change that was under way before is kept until the adoption is accepted, and fenced by it", () => {
    const [first] = moved(atFrankfurt, undefined);
    const state = disarm(first, "it is foreign", at(-60));
    const zone = zoneWith(pointing(frankfurt.values), txt(3));
    const { intended, after, state: done } = adopted(zone, state);
    expect(disarm(intended, "changed once more", at(9)).intent).toEqual(first.intent);
    expect(done.intent).toBeUndefined();
    if (first.intent === undefined) throw new Error("a move has an intent");
    expect(apply(zone, moveBatch(shop3, first.intent, owner))).toBeDefined();
    expect(apply(after, moveBatch(shop3, first.intent, owner))).toBeUndefined();
  });

  test("a name that was never disarmed has nothing to say for it", () => {
    const { intent } = intendAdoption(shop3, atFrankfurt, standing(null), adopt, at(0));
    expect(intent).toMatchObject({ why: "", to: "nothing" });
  });
});
