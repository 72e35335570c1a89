import { expect, test } from "vitest";
import { event, severities } from "../../lambda/core/event.ts";
import { moveEvent } from "../../lambda/core/report.ts";
import { shop } from "../sim/config.ts";
import { nineMs } from "./fixture.ts";

const facts = {
  kind: "failover",
  subject: "shop",
  atMs: nineMs,
  why: "down at 5 of 5",
  alert: true,
} as const;

test("an event's id follows from what it tells, so that telling it again is recognised", () => {
  expect(event(facts).id).toBe(`shop/failover/${nineMs}`);
  expect(event(facts)).toEqual(event({ ...facts }));
});

test.each([
  ["another subject", { subject: "docs" }],
  ["another kind", { kind: "failback" }],
  ["another time", { atMs: nineMs + 1 }],
] as const)("%s is another event", (_, over) =>
  expect(event({ ...facts, ...over }).id).not.toBe(event(facts).id),
);

test("an event has all its facts, and its kind's severity", () => {
  expect(event(facts)).toEqual({ ...facts, id: `shop/failover/${nineMs}`, severity: "critical" });
});

test("what wants a person now is critical, and nothing else is", () => {
  const critical = Object.entries(severities).flatMap(([kind, severity]) =>
    severity === "critical" ? [kind] : [],
  );
  expect(critical.sort()).toEqual([
    "down",
    "failover",
    "foreign",
    "move-failing",
    "not-answered",
    "not-in-sync",
    "stays-down",
    "taken-out",
  ]);
});

test("an event about a move names the service, the name, and both ends", () => {
  const said = { atMs: nineMs, why: "because", alert: true };
  expect(moveEvent(shop, "failover", { from: "frankfurt", to: "ireland" }, said)).toEqual({
    id: `shop/failover/${nineMs}`,
    kind: "failover",
    severity: "critical",
    subject: "shop",
    name: "shop.example.com",
    from: "frankfurt",
    to: "ireland",
    ...said,
  });
  expect(moveEvent(shop, "created", { to: "ireland" }, said).from).toBe("nothing");
});
