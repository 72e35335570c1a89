import { runSeed } from "../fuzz/run.ts";
import type { Bar } from "./bar.ts";
import { dayMs } from "./worlds.ts";

/** Invariants under random trouble: each world is one seed of the fuzz. */
export const faultsBar: Bar = {
  name: "random infrastructure faults",
  promise: "0 invariant violations in 2,000 simulated days",
  worlds: 7_520,
  worldsInTest: 1,
  run: async (seed) => {
    const { violations, simulatedMs } = await runSeed(seed);
    return {
      simulatedMs,
      values: { days: [simulatedMs / dayMs], failed: violations.length > 0 ? [seed] : [] },
    };
  },
  judge: (values) => {
    const [days, failed] = [values("days"), values("failed")];
    const replay =
      failed.length === 0 ? "" : `: ${failed.join(", ")}; npm run simulate -- --replay ${failed[0]}`;
    return {
      measured: `${failed.length} of ${days.length} runs violate something in ${days.reduce((total, day) => total + day, 0).toFixed(0)} days${replay}`,
      isMet: failed.length === 0,
    };
  },
};
