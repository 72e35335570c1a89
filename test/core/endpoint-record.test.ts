import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { noBrownout } from "../../lambda/core/brownout.ts";
import { zeroCounters } from "../../lambda/core/counters.ts";
import {
  type EndpointRecord,
  expiresS,
  type KeptProbe,
  keep,
  nextEpoch,
  sayFailures,
  sortKey,
  type Watched,
} from "../../lambda/core/endpoint-record.ts";
import type { Finding } from "../../lambda/core/probe.ts";
import { reasons } from "../../lambda/core/reason.ts";
import { failed, good, health, late, nineMs, noTime, refused } from "./fixture.ts";

const watched = (probes: readonly KeptProbe[] = []): Watched => ({
  endpoint: "docs",
  fromMs: nineMs,
  probes,
  health: health("up"),
  counters: zeroCounters(nineMs),
  brownout: noBrownout,
  outbox: [],
});
const keepAll = (findings: readonly Finding[]): readonly KeptProbe[] =>
  findings.reduce<readonly KeptProbe[]>(
    (kept, finding, i) => keep(watched(kept), 2, finding, nineMs + i),
    [],
  );

describe("a probe is kept in the minute's record", () => {
  test("a good one: when, where, how fast", () =>
    expect(keep(watched(), 3, good, nineMs + 12_345)).toEqual([[12_345, 3, 20]]));
  test("a failed one says why as well", () =>
    expect(keep(watched(), 0, refused, nineMs)).toEqual([[0, 0, 20, "connect-refused"]]));
  test("where its time went is not kept", () =>
    expect(keep(watched(), 3, { ...good, phases: { dns: 5, body: 15 } }, nineMs)).toEqual([[0, 3, 20]]));
  test("after the others, and the record itself is left alone", () => {
    const record = watched([[0, 0, 20]]);
    expect(keep(record, 1, good, nineMs + 10_000)).toEqual([
      [0, 0, 20],
      [10_000, 1, 20],
    ]);
    expect(record.probes).toEqual([[0, 0, 20]]);
  });
  test("of a busy minute the newest twenty are kept, in order", () => {
    const kept = keepAll(Array.from({ length: 45 }, () => good));
    expect(kept.map(([offsetMs]) => offsetMs)).toEqual(Array.from({ length: 20 }, (_, i) => i + 25));
  });
});

describe("the sort key", () => {
  const anyPlace = fc.tuple(
    fc.integer({ min: 0, max: 999_999_999_999 }),
    fc.integer({ min: 0, max: 999_999 }),
  );
  test("orders as text, which is how DynamoDB orders, what epoch and sequence order as numbers", () => {
    fc.assert(
      fc.property(anyPlace, anyPlace, ([epoch, sequence], [otherEpoch, otherSequence]) => {
        const byNumbers = Math.sign(epoch - otherEpoch) || Math.sign(sequence - otherSequence);
        const byText = Buffer.compare(
          Buffer.from(sortKey(epoch, sequence)),
          Buffer.from(sortKey(otherEpoch, otherSequence)),
        );
        expect(byText).toBe(byNumbers);
      }),
    );
  });
  test("is written so", () => expect(sortKey(1_795_251_600, 12)).toBe("001795251600.000012"));
});

describe("a record may be forgotten", () => {
  const day = 86_400;
  const minute = 60_000;
  test.each([
    ["after 8 days within an hour", nineMs + minute, nineMs + 2 * minute, 8],
    ["after 100 days, the first of an hour", nineMs - minute, nineMs, 100],
    ["after 100 days, the first after a pause of hours", nineMs - 500 * minute, nineMs + 30 * minute, 100],
    ["after 8 days, the last of an hour", nineMs - 2 * minute, nineMs - 1, 8],
    ["after 100 days, same minute of another day", nineMs, nineMs + 1440 * minute, 100],
  ])("%s", (_, previousMs, savedMs, days) =>
    expect(expiresS(previousMs, savedMs)).toBe(Math.floor(savedMs / 1000) + days * day),
  );

  test("each hour keeps exactly one record for long, however often it is saved", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 600_000 }), { minLength: 2, maxLength: 60 }), (gaps) => {
        let ms = nineMs;
        const saved = [nineMs, ...gaps.map((gap) => (ms += gap))];
        const long = saved.slice(1).filter((ms, i) => expiresS(saved[i] ?? ms, ms) - ms / 1000 > 50 * day);
        const hours = new Set(saved.map((ms) => new Date(ms).toISOString().slice(0, 13)));
        expect(long.length).toBe(hours.size - 1);
      }),
    );
  });
});

describe("a new sweep's epoch", () => {
  test("is the time of day, where clocks allow", () =>
    expect(nextEpoch(5, 1_795_251_600_999)).toBe(1_795_251_600));
  test("is above the last one whatever the clock says", () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer(), (last, nowMs) => {
        expect(nextEpoch(last, nowMs)).toBeGreaterThan(last);
      }),
    );
  });
});

/**
 * Bytes of an item as DynamoDB counts them: names and texts in UTF-8; a number one byte for two digits and one more;
 * a list or map three, and one for each element. Source: DynamoDB Developer Guide, "DynamoDB item sizes and formats"
 * (CapacityUnitCalculations.html); it calls the rule for numbers approximate.
 */
const itemBytes = (item: Record<string, AttributeValue>): number =>
  Object.entries(item).reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + valueBytes(value), 0);

function valueBytes(value: AttributeValue): number {
  if (value.S !== undefined) return Buffer.byteLength(value.S);
  if (value.N !== undefined)
    return Math.ceil(value.N.replace(/\D/g, "").replace(/^0+|0+$/g, "").length / 2) + 1;
  if (value.L !== undefined) return 3 + value.L.reduce((sum, one) => sum + 1 + valueBytes(one), 0);
  if (value.M !== undefined) return 3 + Object.keys(value.M).length + itemBytes(value.M);
  throw new RangeError(`no rule for ${JSON.stringify(value)}`);
}

const times = (...names: readonly string[]): Record<string, number> =>
  Object.fromEntries(names.map((name) => [name, nineMs - 1]));

/** The item of a record, as `lambda/aws/tables.ts` writes it. */
function bytesOf(endpoint: string, why: string, findings: readonly Finding[]): number {
  const fromMs = nineMs - 123_456;
  const savedMs = nineMs - 1;
  const probes = findings.reduce<readonly KeptProbe[]>(
    (kept, finding, i) =>
      keep({ ...watched(kept), fromMs }, 4, { ...finding, latencyMs: 2_999 }, fromMs + 54_321 + i),
    [],
  );
  const many = {
    seenMs: 9_876_543_211,
    upMs: 9_876_543_211,
    failures: 999,
    probes: 9_999_999,
    failedProbes: 99_999,
  };
  // Every location has a score where everything fails, and every trouble was told.
  const scores = scoresOf(findings);
  const failedMs = times(...Object.keys(scores));
  const told = { toldMs: nineMs - 1, thereMs: nineMs - 1 };
  const isWell = findings.every(({ ok }) => ok);
  const troubles = isWell
    ? {}
    : {
        ...times("foundMs", "goodSinceMs"),
        told: { partial: told, refused: told, blind: told, degraded: told },
      };
  const record: EndpointRecord = {
    endpoint,
    epoch: 1_795_251_611,
    sequence: 999,
    fromMs,
    savedMs,
    probes,
    health: { state: isWell ? "up" : "down", sinceMs: nineMs - 1, why, ...troubles },
    counters: { ...many, untilMs: nineMs - 1, pendingMs: 99_999 },
    brownout: { ...times("untilMs"), usual: 1 / 3, scores, rates: scores, failedMs, blind: [] },
    outbox: [],
  };
  const key = { pk: `endpoint#${endpoint}`, sk: sortKey(record.epoch, record.sequence) };
  return itemBytes(marshall({ ...record, ...key, expires: expiresS(fromMs, savedMs) }));
}

test("the kept probes as people are told: what says nothing is left out", () =>
  expect(sayFailures(keepAll([good, refused, late, noTime, good, refused]))).toBe(
    "2 of its last 4 probes failed",
  ));

const scoresOf = (findings: readonly Finding[]): Record<string, number> =>
  Object.fromEntries(findings.slice(0, 7).flatMap(({ ok }, i) => (ok ? [] : [[`ap-southeast-${i}`, 7.77]])));

const longest = failed(reasons.reduce((a, b) => (b.length > a.length ? b : a)));
const full = (finding: Finding): Finding[] => Array.from({ length: 20 }, () => finding);
const longId = `${"a".repeat(41)}/${"b".repeat(41)}`;
const longWhy = "x".repeat(240);
const usualWhy = "up at 5 of 5 locations";

describe("a write unit of DynamoDB is 1 KB; a record takes", () => {
  test.each([
    ["half of one in a quiet minute", 512, "shop/frankfurt", usualWhy, full(good).slice(0, 7)],
    ["one, however busy the minute, while all is well", 1024, longId, usualWhy, full(good)],
    [
      "three, however long the id and the reasons, when everything fails",
      3072,
      longId,
      longWhy,
      full(longest),
    ],
  ])("%s", (_, bytes, endpoint, why, findings) => {
    expect(bytesOf(endpoint, why, findings)).toBeLessThan(bytes);
    expect(bytesOf(endpoint, why, findings)).toBeGreaterThan(bytes / 2);
  });
});
