import { expect, test } from "vitest";
import type { ServiceState } from "../../lambda/core/service-state.ts";
import { noteRead, noteUnread, unreadableMs } from "../../lambda/core/unread.ts";
import { shop } from "../sim/config.ts";
import { nineMs } from "./fixture.ts";
import { pointing } from "./zone-fixture.ts";

const minuteMs = 60_000;
const quiet: ServiceState = { written: pointing("192.0.2.10"), generation: 3, movesFromUpMs: [], outbox: [] };
const disarmed: ServiceState = { ...quiet, disarmed: { why: "the record is gone", sinceMs: nineMs } };

/** What is told of looks a minute apart: `x` could not read the zone, `.` could. Each as `<minute> <kind>`. */
function toldOf(looks: string, state = quiet): string[] {
  const after = [...looks].reduce((state, look, minute) => {
    const atMs = nineMs + minute * minuteMs;
    return look === "x" ? noteUnread(shop, state, "AccessDenied", atMs) : noteRead(shop, state, atMs);
  }, state);
  return after.outbox.map(({ kind, atMs }) => `${(atMs - nineMs) / minuteMs} ${kind}`);
}

test.each([
  ["......", []],
  ["xxxxx.", []],
  ["xxxx.xxxx.xxxx", []],
  ["xxxxxx", ["5 unreadable"]],
  ["..xxxxxxxxxxxxxxxx", ["7 unreadable"]],
  ["xxxxxxx..", ["5 unreadable", "7 readable-again"]],
  ["xxxxxx.xxxxxx.", ["5 unreadable", "6 readable-again", "12 unreadable", "13 readable-again"]],
])("looks %s: %j", (looks, told) => {
  expect(toldOf(looks)).toEqual(told);
});

test("of a name we keep our hands off nothing more is told", () => {
  expect(toldOf("xxxxxxxxxx.", disarmed)).toEqual([]);
});

test("the alert says since when, and what the answer was", () => {
  const first = noteUnread(shop, quiet, "AccessDenied", nineMs);
  const told = noteUnread(shop, first, "AccessDenied", nineMs + unreadableMs);
  expect(told.outbox).toMatchObject([
    { subject: "shop", name: "shop.example.com", why: "AccessDenied", sinceMs: nineMs, alert: true },
  ]);
});

test("nothing is saved that would say nothing new", () => {
  const first = noteUnread(shop, quiet, "", nineMs);
  const told = noteUnread(shop, first, "", nineMs + unreadableMs);
  expect(noteUnread(shop, first, "", nineMs + minuteMs)).toBe(first);
  expect(noteUnread(shop, told, "", nineMs + 2 * unreadableMs)).toBe(told);
  expect(noteRead(shop, quiet, nineMs)).toBe(quiet);
  expect(noteRead(shop, first, nineMs + minuteMs)).toEqual(quiet);
});
