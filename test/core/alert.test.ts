import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { alert, clock, span, took } from "../../lambda/core/alert.ts";
import { type Event, type EventKind, event, severities } from "../../lambda/core/event.ts";
import { nineMs } from "./fixture.ts";

const kinds = Object.keys(severities) as EventKind[];
const failover = event({
  kind: "failover",
  subject: "shop",
  name: "shop.example.com",
  atMs: nineMs + 6_000,
  sinceMs: nineMs,
  why: "down at 5 of 5 locations: 192.0.2.10:443 refused the connection.",
  alert: true,
  from: "frankfurt",
  to: "ireland",
  times: { failedMs: nineMs, detectedMs: nineMs + 5_100, acceptedMs: nineMs + 5_600 },
});

test("an e-mail of a failover answers what, since when, seen from where, how fast, and what comes next", () => {
  expect(alert(failover).text.split("\n")).toEqual([
    "shop.example.com moved to ireland, away from frankfurt",
    "",
    "When:  2026-11-21 09:00:06 UTC, since 2026-11-21 09:00:00 UTC",
    "Seen:  down at 5 of 5 locations: 192.0.2.10:443 refused the connection.",
    "Took:  detected after 5.1 s, accepted after 5.6 s",
    expect.stringMatching(/^Next: {2}Clients follow as their TTL runs out\. Repair the primary/),
    "",
    `Alert: shop/failover/${nineMs + 6_000}`,
  ]);
});

test("subject, SMS, attributes and JSON say the same, each in its way", () => {
  expect(alert(failover)).toMatchObject({
    id: failover.id,
    subject: "[critical] shop.example.com moved to ireland, away from frankfurt",
    line: "shop.example.com moved to ireland, away from frankfurt: down at 5 of 5 locations: 192.0.2.10:443 refused the connection.",
    attributes: { event: "failover", service: "shop", severity: "critical" },
  });
  expect(JSON.parse(alert(failover).json)).toEqual(failover);
});

describe("the headline says what happened to what", () => {
  const told = (kind: EventKind): string =>
    alert(
      event({ ...failover, kind, subject: /down|standby/.test(kind) ? "shop/frankfurt" : "shop" }),
    ).text.split("\n")[0] ?? "";
  test.each<[EventKind, string]>([
    ["down", "shop/frankfurt is down"],
    ["up", "shop is up again"],
    ["standby-not-ready", "shop/frankfurt could not take over"],
    ["standby-ready", "shop/frankfurt could take over again"],
    ["partial", "shop is up for some, down for others"],
    ["refused", "shop refuses our probes"],
    ["blind", "shop cannot be judged: too few locations can see"],
    ["seen-again", "shop is seen well from everywhere again"],
    ["failover", "shop.example.com moved to ireland, away from frankfurt"],
    ["failback", "shop.example.com moved back to ireland, away from frankfurt"],
    ["created", "shop.example.com now points to ireland"],
    ["in-sync", "shop.example.com: the move to ireland is in sync"],
    ["not-in-sync", "shop.example.com: the move to ireland has not reached all name servers"],
    ["answered", "shop.example.com: the move to ireland is what its name servers answer"],
    ["not-answered", "shop.example.com: the move to ireland is not what its name servers answer"],
    ["unproven", "shop.example.com: whether the move to ireland took effect could not be seen"],
    ["move-started", "shop.example.com is being moved to ireland"],
    ["move-failing", "shop.example.com cannot be moved to ireland"],
    ["move-dropped", "shop.example.com: the move to ireland was given up"],
    ["would-move", "shop.example.com would move to ireland (shadow: nothing was changed)"],
    ["stays-down", "shop.example.com is down and stays where it is"],
    ["foreign", "shop.example.com is not as Pointsman left it: hands off"],
    ["answers-differ", "shop.example.com is not answered as it stands"],
    ["armed-again", "shop.example.com is watched and armed again"],
    ["unreadable", "shop.example.com cannot be looked at: its zone cannot be read"],
    ["readable-again", "shop.example.com can be looked at again"],
    ["orphan", "shop.example.com points to a target that is not in the config"],
    ["limit", "shop.example.com stays: moved often enough within the hour"],
  ])("%s", (kind, headline) => expect(told(kind)).toBe(headline));

  test("an event without a DNS name is told by its subject", () => {
    const { name: _, ...nameless } = failover;
    expect(alert(nameless).subject).toBe("[critical] shop moved to ireland, away from frankfurt");
  });
});

test.each(kinds)("%s says what comes next, and its severity first", (kind) => {
  const { text, subject, attributes } = alert({ ...failover, kind, severity: severities[kind] });
  expect(text).toMatch(/^Next: {2}[A-Z].*\.$/m);
  expect(subject.startsWith(`[${severities[kind]}] `)).toBe(true);
  expect(attributes).toEqual({ event: kind, service: "shop", severity: severities[kind] });
});

test("what did not begin before, and took no steps, has no such lines", () => {
  const { sinceMs: _, times: __, ...rest } = failover;
  const { text } = alert(rest);
  expect(text).toContain("When:  2026-11-21 09:00:06 UTC\n");
  expect(text).not.toContain("Took:");
});

test("a time to the second, in UTC", () => expect(clock(nineMs + 999)).toBe("2026-11-21 09:00:00 UTC"));

describe("a span of time as people say it", () => {
  test.each([
    [0, "0.0 s"],
    [4_200, "4.2 s"],
    [59_400, "59.4 s"],
    [59_999, "1 min 0 s"],
    [60_000, "1 min 0 s"],
    [119_600, "2 min 0 s"],
    [190_000, "3 min 10 s"],
    [3_599_400, "59 min 59 s"],
    [3_599_900, "1.0 h"],
    [18_000_000, "5.0 h"],
  ])("%i ms: %s", (ms, text) => expect(span(ms)).toBe(text));

  test("never says 60 of anything", () => {
    fc.assert(
      fc.property(fc.nat(200 * 3_600_000), (ms) => {
        expect(span(ms)).not.toMatch(/(?<![\d.])60(\.0)? (s|min)/);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("how long the steps of a move took", () => {
  const detectedMs = nineMs + 5_000;
  test.each([
    [
      "from the first failed probe",
      { failedMs: nineMs, detectedMs, acceptedMs: detectedMs + 300 },
      "detected after 5.0 s, accepted after 5.3 s",
    ],
    [
      "from the decision, where nothing failed",
      { detectedMs, acceptedMs: detectedMs + 300 },
      "accepted after 0.3 s",
    ],
    [
      "until all name servers had it",
      { failedMs: nineMs, detectedMs, acceptedMs: detectedMs + 300, inSyncMs: detectedMs + 31_000 },
      "detected after 5.0 s, accepted after 5.3 s, in sync after 36.0 s",
    ],
    [
      "until they answered it, whatever Route 53 said",
      { failedMs: nineMs, detectedMs, acceptedMs: detectedMs + 300, answeredMs: detectedMs + 31_200 },
      "detected after 5.0 s, accepted after 5.3 s, answered by its name servers after 36.2 s",
    ],
    ["nothing is known yet", { detectedMs }, ""],
  ])("%s", (_, times, text) => expect(took(times)).toBe(text));
});

/** Any event at all: any text, any time JavaScript knows, any facts missing. */
const anyTime = fc.oneof(fc.integer({ min: -8.64e15, max: 8.64e15 }), fc.constantFrom(0, nineMs, 8.64e15));
const anyText = fc.string({ unit: "binary", maxLength: 300 });
const anyEvent: fc.Arbitrary<Event> = fc.record(
  {
    id: anyText,
    kind: fc.constantFrom(...kinds),
    severity: fc.constantFrom("critical" as const, "warning" as const, "info" as const),
    subject: anyText,
    atMs: anyTime,
    why: anyText,
    alert: fc.boolean(),
    sinceMs: anyTime,
    name: anyText,
    from: anyText,
    to: anyText,
    by: fc.record({ who: anyText, why: anyText, atMs: anyTime }),
    times: fc.record(
      { detectedMs: anyTime, failedMs: anyTime, acceptedMs: anyTime, inSyncMs: anyTime },
      { requiredKeys: ["detectedMs"] },
    ),
  },
  { requiredKeys: ["id", "kind", "severity", "subject", "atMs", "why", "alert"] },
);

describe("whatever the event", () => {
  test("SNS takes the subject: 1 to 100 printable ASCII characters, beginning with punctuation", () => {
    fc.assert(
      fc.property(anyEvent, (any) => {
        expect(alert(any).subject).toMatch(/^\[[\x20-\x7e]{0,99}$/);
      }),
      { numRuns: 500 },
    );
  });

  test("everything that is known is told, and machines get all of it", () => {
    fc.assert(
      fc.property(anyEvent, (any) => {
        const { text, json, line, id } = alert(any);
        for (const part of ["When:  ", `Seen:  ${any.why}`, "Next:  ", `Alert: ${any.id}`])
          expect(text).toContain(part);
        expect(line.length).toBeLessThanOrEqual(140);
        expect(json).toBe(JSON.stringify(any));
        expect(id).toBe(any.id);
      }),
    );
  });
});
