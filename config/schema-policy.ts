import { z } from "zod";
import { defaults } from "./defaults.ts";
import { may } from "./schema-keys.ts";
import * as v from "./schema-values.ts";

/** How an endpoint is probed and judged. */
export const policyKeys = {
  interval: may(v.duration("1s", "1h"), "How often it is probed, by one location after the other.", {
    default: defaults.interval,
  }),
  staggered: may(
    z.boolean(),
    "Whether every location probes once an interval, one after the other, instead of one location: found sooner, at as many times the probes.",
    { default: defaults.staggered },
  ),
  timeout: may(v.duration("100ms", "30s"), "How long one probe may take.", { default: defaults.timeout }),
  failureThreshold: may(
    v.whole(1, 10),
    "Tries in a row that must fail at one location, when all are asked at once, before it votes down; 1 believes a single lost packet.",
    { default: defaults.failureThreshold },
  ),
  confirmWithin: may(
    v.duration("100ms", "1m"),
    "How long after the failed probe began the last of those tries begins: set it longer than your slowest restart. Together with `timeout` no more than `interval`.",
    { default: defaults.confirmWithin },
  ),
  recoverAfter: may(
    v.duration("0s", "1d"),
    "How long it must be seen good, after it was down, to be up again; twice as long for each earlier outage within the hour, up to 30 minutes.",
    {
      default: defaults.recoverAfter,
    },
  ),
};

/** The same key where it overrides the one in `defaults`. */
const own = <Schema extends z.ZodType>(key: Schema) => {
  const { default: _builtIn, ...meta } = key.meta() ?? {};
  return key.clone().meta({ ...meta, otherwise: "from `defaults`" });
};

/** The same for one endpoint or service. */
export const ownPolicyKeys = {
  interval: own(policyKeys.interval),
  staggered: own(policyKeys.staggered),
  timeout: own(policyKeys.timeout),
  failureThreshold: own(policyKeys.failureThreshold),
  confirmWithin: own(policyKeys.confirmWithin),
  recoverAfter: own(policyKeys.recoverAfter),
};
