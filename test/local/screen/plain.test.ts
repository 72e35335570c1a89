import { expect, test } from "vitest";
import { changes } from "../../../local/screen/plain.ts";
import { endpoint, failedOver, good, happened, model, nowMs, service } from "./fixture.ts";

const bare = model({
  services: [{ service, endpoints: [endpoint("frankfurt", { seen: [undefined, undefined] })] }],
});

test("the first look tells the answers and the first probes", () => {
  expect(changes(undefined, model())).toEqual([
    "09:05:00  the resolver answers shop.example.com → 192.0.2.10 (frankfurt)",
    "09:05:00  first probe of shop/frankfurt from eu-central-1: ● 12 ms",
    "09:05:00  first probe of shop/ireland from eu-central-1: ● 12 ms",
  ]);
});

test("nothing new is nothing to say", () => {
  expect(changes(model(), { ...model(), nowMs: nowMs + 1_000 })).toEqual([]);
  expect(changes(bare, bare)).toEqual([]);
});

test("how to operate it is said once it can be", () => {
  const reachable = { ...bare, dynamodbUrl: "http://127.0.0.1:8400" };
  expect(changes(bare, reachable)).toEqual([
    "09:05:00  to operate it, in another terminal: AWS_ENDPOINT_URL_DYNAMODB=http://127.0.0.1:8400 npx pointsman status",
  ]);
  expect(changes(reachable, reachable)).toEqual([]);
});

test("a first probe is told once", () => {
  const seen = {
    ...bare,
    services: [{ service, endpoints: [endpoint("frankfurt", { seen: [undefined, good(3)] })] }],
  };
  expect(changes(bare, seen)).toEqual(["09:05:00  first probe of shop/frankfurt from eu-west-1: ● 3 ms"]);
  expect(changes(seen, seen)).toEqual([]);
});

test("a failover: the answer, what happened in its order, the alert", () => {
  const alert = { messageId: "1", atMs: nowMs, subject: "[critical] moved", texts: {}, attributes: {} };
  expect(changes(model(), { ...failedOver(), alerts: [alert] })).toEqual([
    "09:05:00  the resolver answers shop.example.com → 198.51.100.20 (ireland)",
    "09:05:00  you broke frankfurt: refuse",
    "09:05:00  shop.example.com is being moved to ireland: it was seen (info)",
    "09:05:00  shop.example.com moved to ireland, away from frankfurt: " +
      "9.2 s after the break: probe failed, +5.0 s decided, +5.1 s moved (critical)",
    "09:05:00  alert sent: [critical] moved",
  ]);
});

test("each minute has a summary", () => {
  const later = { ...model(), nowMs: nowMs + 60_000 };
  expect(changes(model(), later)).toEqual([
    "09:06:00  shop.example.com → 192.0.2.10 (frankfurt)",
    "09:06:00  shop/frankfurt up, 100 % of 5 min 0 s seen",
    "09:06:00  shop/ireland up, 100 % of 5 min 0 s seen",
  ]);
});

test("what is wrong with the functions is told once", () => {
  const failing = model({ trouble: "the sweep failed: a bug" });
  expect(changes(model(), failing)).toEqual(["09:05:00  the sweep failed: a bug"]);
  expect(changes(failing, failing)).toEqual([]);
});

test("events without a measured time tell what they rest on", () => {
  const told = model({ happenings: [happened("stays-down", 0, { why: "every target is down" })] });
  expect(changes(model(), told)).toEqual([
    "09:05:00  shop.example.com is down and stays where it is: every target is down (critical)",
  ]);
});

test("nothing from outside can write to the terminal", () => {
  const told = model({ happenings: [happened("stays-down", 0, { why: "it said \x1b]0;title\x07" })] });
  expect(changes(model(), told).join("")).toContain("it said ?]0;title?");
});
