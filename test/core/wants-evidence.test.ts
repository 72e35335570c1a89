import { describe, expect, test } from "vitest";
import type { Service } from "../../lambda/core/config.ts";
import { failbackDue, wantsEvidence } from "../../lambda/core/decide.ts";
import type { ServiceState } from "../../lambda/core/service-state.ts";
import { health } from "./fixture.ts";
import {
  are,
  at,
  atFrankfurt,
  atIreland,
  atNothing,
  atOrphan,
  back,
  down,
  failback,
  manual,
  quiet,
  type Situation,
  up,
} from "./situation.ts";
import { pointing } from "./zone-fixture.ts";

describe("fresh evidence is asked for although no probe gives reason to", () => {
  const intent = {
    kind: "failover",
    from: "frankfurt",
    to: "ireland",
    why: "",
    now: null,
    want: pointing(""),
    generation: 3,
    decidedMs: at(-9),
    fromUp: false,
  } as const;
  const told = (code: string) => ({ condition: { code, sinceMs: at(-9), toldMs: at(-9) } });
  const shadow = failback({ mode: "shadow" });
  test.each<[boolean, string, Partial<Situation>]>([
    [false, "all is well", {}],
    [true, "a change is saved and not seen to take effect", { state: { ...atFrankfurt, intent } }],
    [true, "the name has no record", { state: atNothing }],
    [true, "the primary may have the name back", back],
    [true, "the active target is down, a standby may be up", { healths: are(down(), down(), up()) }],
    [
      true,
      "the active target is down, a standby was never judged",
      { healths: are(down(), down(), health("unknown")) },
    ],
    [
      true,
      "too few locations judge: the user may have changed that",
      { healths: are(down(), up(), up()), state: { ...atFrankfurt, ...told("too-few-locations") } },
    ],
    [false, "every target is down", { healths: are(down(), down(), down()) }],
    [false, "a standby is down", { healths: are(up(), down(), up()) }],
    [false, "an orphan, and going back is the user's to decide", { state: atOrphan, service: manual }],
    [
      false,
      "somebody changed the record",
      { ...back, state: { ...atIreland, disarmed: { why: "", sinceMs: 0 } } },
    ],
    [true, "a shadow's active target is down", { healths: are(down(), up(), up()), service: shadow }],
    [
      false,
      "a shadow told already where it would move",
      {
        healths: are(down(), up(), up()),
        service: shadow,
        state: { ...atFrankfurt, ...told("would-move/away/ireland") },
      },
    ],
    [
      true,
      "a shadow told something else",
      { healths: are(down(), up(), up()), service: shadow, state: { ...atFrankfurt, ...told("not-proven") } },
    ],
    [
      true,
      "a shadow that told where it would move was armed since",
      { healths: are(down(), up(), up()), state: { ...atFrankfurt, ...told("would-move/away/ireland") } },
    ],
  ])("%s: %s", (wants, _, over) => {
    const { service, state, healths } = { ...quiet, ...over };
    expect(wantsEvidence(service, state, healths, at(0))).toBe(wants);
  });
});

test.each<[boolean, string, Service, ServiceState]>([
  [true, "the standby has the name", failback(), atIreland],
  [true, "an orphan has the name", failback(), atOrphan],
  [false, "the primary has the name", failback(), atFrankfurt],
  [false, "nothing has the name", failback(), atNothing],
  [false, "the user decides", manual, atIreland],
  [false, "there is no primary", failback({ targets: [] }), atOrphan],
])("by time and beliefs the name should go back (%s): %s", (is, _, service, state) =>
  expect(failbackDue(service, state, quiet.healths, at(0))).toBe(is),
);
