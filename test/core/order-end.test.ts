import { describe, expect, test } from "vitest";
import type { Order } from "../../lambda/core/hands.ts";
import { close, isAnswered, isUnderWay } from "../../lambda/core/orders.ts";
import type { Intent, ServiceState } from "../../lambda/core/service-state.ts";
import { anna, ordered, pinned, to, work } from "./order-fixture.ts";
import { at, atFrankfurt, atIreland, atNothing } from "./situation.ts";
import { ireland, shop3 } from "./zone-fixture.ts";

describe("what became of an order is saved with its service", () => {
  const end = { is: "refused", why: "it is down" } as const;
  test("refused: nothing else changes", () => {
    const after = close(shop3, pinned("ireland", atIreland), ordered(), end, at(1));
    expect(after).toEqual({
      ...pinned("ireland", atIreland),
      lastOrder: { number: 7, is: "refused", why: "it is down", atMs: at(1) },
      outbox: [
        expect.objectContaining({
          kind: "order",
          alert: false,
          by: anna,
          why: "failover: refused; it is down",
        }),
      ],
    });
  });

  test("done: released", () => {
    const after = close(
      shop3,
      pinned("ireland", atIreland),
      ordered({ what: "release" }),
      { is: "done", why: "free" },
      at(1),
    );
    expect(after.placed).toBeUndefined();
    expect(after.outbox).toMatchObject([{ kind: "released", alert: true, by: anna }]);
  });

  test("done: there was nothing to release", () => {
    const after = close(
      shop3,
      atIreland,
      ordered({ what: "release" }),
      { is: "done", why: "nobody held it" },
      at(1),
    );
    expect(after.outbox).toMatchObject([{ kind: "order", why: "release: done; nobody held it" }]);
  });

  test.each<[string, ServiceState, Order, { target: string; pinned: boolean } | undefined]>([
    ["a standby: it stays there", atIreland, to("ireland"), { target: "ireland", pinned: false }],
    ["a standby, pinned", atIreland, to("ireland", { pin: true }), { target: "ireland", pinned: true }],
    [
      "the primary: it is the automaton's",
      pinned("frankfurt", atFrankfurt),
      ordered({ what: "failback" }),
      undefined,
    ],
    [
      "the primary, pinned",
      atFrankfurt,
      to("frankfurt", { pin: true }),
      { target: "frankfurt", pinned: true },
    ],
    ["nowhere", atNothing, ordered(), undefined],
  ])("done: the name was at %s", (_, state, order, placed) => {
    const after = close(shop3, state, order, { is: "done", why: "already" }, at(1));
    expect(after.placed).toEqual(placed && { ...anna, ...placed, toldMs: at(1) });
    expect(after.outbox.map(({ kind }) => kind)).toEqual(placed?.pinned ? ["order", "pinned"] : ["order"]);
  });

  test("once", () => {
    const after = close(shop3, atFrankfurt, ordered(), end, at(1));
    expect(isAnswered(after, ordered())).toBe(true);
    expect(isAnswered(after, ordered({ number: 8 }))).toBe(false);
    expect(close(shop3, after, ordered(), end, at(2))).toBe(after);
  });

  test("not while a change that carries it out is under way", () => {
    const intent = { kind: "moved", to: ireland.id, by: ordered() } as unknown as Intent;
    const state = { ...atFrankfurt, intent };
    expect(isUnderWay(state, ordered())).toBe(true);
    expect(isUnderWay(state, ordered({ number: 8 }))).toBe(false);
    expect(isUnderWay({ ...state, intent: { ...intent, by: work } }, ordered())).toBe(false);
    expect(isUnderWay(atFrankfurt, ordered())).toBe(false);
    expect(close(shop3, state, ordered(), end, at(2))).toBe(state);
  });
});
