import { describe, expect, test } from "vitest";
import type { Target } from "../../../lambda/core/config.ts";
import { recordFor } from "../../../lambda/core/records.ts";
import { render, type Size, type Stage } from "../../../local/screen/render.ts";
import type { Model, ServiceView } from "../../../local/watch/model.ts";
import { bad, endpoint, failedOver, good, happened, health, model, nowMs, service } from "./fixture.ts";

const stage: Stage = {
  title: "Pointsman on this laptop",
  notes: ["No AWS account and no real DNS is touched."],
  keys: [[["q", "bold"], " quit"]],
  broken: {},
};

const usual: Size = { columns: 80, rows: 24 };

const screen = (of: Model, more: Partial<Stage> = {}, size = usual): string =>
  render(of, { ...stage, ...more }, size, false).join("\n");

describe("names of other shapes", () => {
  const answer = { atMs: nowMs - 400, values: ["192.0.2.10"], sinceMs: nowMs - 240_000 };
  const [frankfurt, ireland] = service.targets as [Target, Target];
  const endpoints = [endpoint("frankfurt"), endpoint("ireland")];
  const shown = (view: Omit<ServiceView, "endpoints">) =>
    screen(model({ services: [{ ...view, endpoints }] }));

  test("of A and AAAA: the target is told by its addresses of the one that is asked for", () => {
    const both = { ...frankfurt, values: ["192.0.2.10", "2001:db8::10"] };
    const dns = { ...service.dns, beside: [{ name: service.dns.name, type: "AAAA" as const }] };
    const said = shown({ service: { ...service, dns, targets: [both, ireland] }, answer });
    expect(said).toContain("shop.example.com → 192.0.2.10 frankfurt ");
    expect(said).toContain("▶ frankfurt");
  });

  test("weighted: everybody with a weight carries the name, and the weights are those of now", () => {
    const weighted = { ...service, weighted: { stepsPercent: [100], stepForMs: 30_000 } };
    const spread = (a: number, b: number) =>
      recordFor(weighted, {
        id: "",
        weights: new Map([
          ["frankfurt", a],
          ["ireland", b],
        ]),
      });
    const all = shown({ service: weighted, answer, written: spread(5, 100) });
    expect(all).toContain("weighted: frankfurt 5, ireland 100");
    expect(all).toMatch(/▶ frankfurt[\s\S]*▶ ireland/);
    expect(shown({ service: weighted, answer, written: spread(100, 0) })).not.toContain("▶ ireland");
  });

  test("an alias: what it is answered with nobody here knows", () => {
    const alias = { name: "d1.cloudfront.net", zoneId: "Z2", evaluateTargetHealth: false };
    const aliased = { ...service, targets: [{ ...frankfurt, values: [], alias }, ireland] };
    const none = { ...answer, values: [], error: "ENODATA" };
    const written = recordFor(aliased, { ...frankfurt, values: [], alias });
    const said = shown({ service: aliased, answer: none, written });
    expect(said).toContain("shop.example.com → alias of d1.cloudfront.net frankfurt");
    expect(said).toContain("▶ frankfurt");
  });
});

test("all is well: the whole screen", () => {
  expect(
    screen(model()),
  ).toBe(` Pointsman on this laptop                                          09:05:00 UTC
 No AWS account and no real DNS is touched.

 shop.example.com → 192.0.2.10 frankfurt  since 09:01:00, asked 0.4 s ago
 armed · TTL 15 s · failback: auto, 20 s after the primary is up
 try dig @127.0.0.1 -p 5300 shop.example.com A +short
                         euc1      euw1      use2      usw2      apse1
 ▶ frankfurt  up         ● 12 ms   ● 25 ms   ● 110 ms  ● 140 ms  ● 170 ms
     100 % of 5 min 0 s seen · up at 5 of 5 locations
   ireland    up         ● 12 ms   ● 25 ms   ● 110 ms  ● 140 ms  ● 170 ms
     100 % of 5 min 0 s seen · up at 5 of 5 locations

 What happened










 q quit`);
});

test("after a failover: who is down and why, where the name is, and how long it took", () => {
  const shown = screen(failedOver(), { broken: { frankfurt: "refuse" } });
  expect(shown).toContain("shop.example.com → 198.51.100.20 ireland  since 09:04:57");
  expect(shown).toMatch(/^ {3}frankfurt {2}down {7}✕ refused ✕ refused/m);
  expect(shown).toMatch(/^ ▶ ireland/m);
  expect(shown).toContain("broken by you: refuse · 99.2 % of 5 min 0 s seen · down at 5");
  expect(shown).toContain(`09:04:56  shop.example.com moved to ireland, away from frankfurt
           9.2 s after the break: probe failed, +5.0 s decided, +5.1 s moved
 09:04:46  you broke frankfurt: refuse`);
  expect(shown).not.toContain("is being moved");
});

test.each<[string, Parameters<typeof endpoint>[1], string]>([
  ["not judged yet", { health: health("unknown") }, "asking"],
  ["up", {}, "up  "],
  ["up, and one location's last probe failed", { seen: [good(1, 9_000), bad("reset", 100)] }, "up?"],
  ["down", { health: health("down"), seen: [bad("reset")] }, "down"],
  ["down, and answering again", { health: health("down"), seen: [good(1), undefined] }, "recovering"],
  ["up for some", { health: health("up", { trouble: "partial" }) }, "partly up"],
  ["behind a firewall that refuses us", { health: health("unknown", { trouble: "refused" }) }, "denies us"],
  ["not to be seen", { health: health("up", { trouble: "blind" }) }, "unseen"],
  ["that is a job, and has not called yet", { isJob: true, health: health("unknown"), seen: [] }, "waiting"],
  ["that is a job, and well", { isJob: true, seen: [undefined] }, "up  "],
  ["that is a job, and late", { isJob: true, health: health("down"), seen: [undefined] }, "down"],
])("an endpoint %s", (_, more, word) => {
  const shown = screen(model({ services: [], endpoints: [endpoint("docs", more)] }));
  expect(shown).toMatch(new RegExp(`^ {3}docs {7}${word.replace("?", "\\?")}`, "m"));
});

test.each<[string, number, string]>([
  ["nothing was seen", Number.NaN, "availability: not seen long enough yet"],
  ["always up", 1, "100 % of"],
  ["nearly always up", 0.99999, "99.9 % of"],
  ["never up", 0, "0 % of"],
])("availability when it was %s is never rounded up", (_, ratio, words) => {
  const seenMs = 300_000;
  const availability = {
    seenMs,
    ratio: Number.isNaN(ratio) ? undefined : ratio,
    failures: 0,
    mttfMs: undefined,
    mttrMs: undefined,
  };
  const endpoints = [endpoint("docs", { availability, health: health("down"), seen: [bad("reset")] })];
  expect(screen(model({ services: [], endpoints }))).toContain(words);
});

test.each<[string, Partial<Parameters<typeof model>[0] & object>, string]>([
  ["is not asked yet", { services: [{ service, endpoints: [] }] }, "shop.example.com → (not asked yet)"],
  [
    "has no answer",
    {
      services: [
        { service, endpoints: [], answer: { atMs: nowMs, sinceMs: nowMs, values: [], error: "ENOTFOUND" } },
      ],
    },
    "shop.example.com → no answer: ENOTFOUND",
  ],
  [
    "was changed by somebody else",
    { services: [{ service, endpoints: [], disarmed: "the record is 203.0.113.9" }] },
    "hands off: the record is 203.0.113.9",
  ],
])("a name that %s", (_, more, words) => {
  expect(screen(model(more))).toContain(words);
});

test("those in trouble stand first among many", () => {
  const endpoints = [
    ...Array.from({ length: 30 }, (_, i) => endpoint(`site-${i}`)),
    endpoint("lame", { health: health("down"), seen: [bad("too-slow")] }),
  ];
  const lines = screen(model({ services: [], endpoints })).split("\n");
  expect(lines.findIndex((line) => line.includes("lame"))).toBe(4);
  expect(lines.some((line) => /… \d+ more lines: a taller window shows them/.test(line))).toBe(true);
  expect(lines.at(-1)).toBe(" q quit");
});

test.each<Size>([
  { columns: 80, rows: 24 },
  { columns: 60, rows: 20 },
  { columns: 200, rows: 60 },
  { columns: 30, rows: 10 },
  { columns: 10, rows: 3 },
])("$columns x $rows is filled exactly, with colours too", (size) => {
  const busy = { ...failedOver(), trouble: "the sweep failed: a bug" };
  for (const isColored of [false, true]) {
    const lines = render(
      busy,
      { ...stage, page: { title: "Alert", text: "long ".repeat(500) } },
      size,
      isColored,
    );
    const others = render(busy, stage, size, isColored);
    for (const shown of [lines, others]) {
      expect(shown).toHaveLength(size.rows);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are told by an escape character.
      const widths = shown.map((line) => line.replace(/\x1b\[[\d;]*m/g, "").length);
      expect(Math.max(...widths)).toBeLessThan(size.columns);
    }
  }
});

test("wide windows name locations in full", () => {
  expect(screen(model(), {}, { columns: 120, rows: 30 })).toContain("eu-central-1");
});

test("a text is read in place of the tables, wrapped between words", () => {
  const shown = screen(model(), {
    page: { title: "Alert 1 of 1", text: `Subject: x\n\n${"word ".repeat(30)}` },
  });
  expect(shown).toContain("Alert 1 of 1");
  expect(shown).toContain("any key: back");
  expect(shown).not.toContain("frankfurt");
  expect(shown).toMatch(/word$/m);
});

test("colours are there when they are wanted, and nothing from outside can write to the terminal", () => {
  const why = "it said \x1b]0;title\x07";
  const hostile = model({ happenings: [happened("stays-down", 1_000, { why })] });
  expect(render(model(), stage, usual, true).join("")).toContain("\x1b[32m●\x1b[0m");
  expect(render(hostile, stage, usual, false).join("")).not.toContain("\x1b");
  expect(screen(hostile)).toContain("it said ?]0;title?");
});

test("how to operate it stands below the services", () => {
  const lines = screen({ ...model(), dynamodbUrl: "http://127.0.0.1:8400" });
  expect(lines).toContain(
    "\n\n operate AWS_ENDPOINT_URL_DYNAMODB=http://127.0.0.1:8400 npx pointsman status\n\n What happened",
  );
});
