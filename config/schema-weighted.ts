import { z } from "zod";
import { defaults } from "./defaults.ts";
import { may } from "./schema-keys.ts";
import * as v from "./schema-values.ts";

/** How the load of a service is spread, and how a target is brought back. */
export const routingKeys = {
  routing: may(
    z.enum(["failover", "weighted"]),
    "`failover`: one target at a time carries the name; `weighted`: every target that is up carries its weight. docs/switching.md.",
    { default: defaults.routing },
  ),
  steps: may(
    z.array(v.whole(1, 100)),
    "Percents of its weight by which a target that is up again is brought back; they rise to 100.",
    { default: [...defaults.steps], limits: "1 or more", minItems: 1 },
  ),
  stepFor: may(v.duration("30s", "1d"), "How long each of them is held.", { default: defaults.stepFor }),
};

/** Of a target. */
export const weightKey = {
  weight: may(
    v.whole(1, 255),
    "With `routing: weighted`: its part of the load, against the others' weights.",
    {
      default: defaults.weight,
    },
  ),
};
