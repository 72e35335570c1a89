import type { Bar } from "./bar.ts";
import { blindBars } from "./blind.ts";
import { blipBars } from "./blips.ts";
import { brownOutBars } from "./brown-outs.ts";
import { crashLoopBar } from "./crash-loops.ts";
import { detectionBars } from "./detection.ts";
import { faultsBar } from "./faults.ts";
import { noiseBars } from "./noise.ts";

/** Everything that detection promises, in the order it is printed. */
export const bars: readonly Bar[] = [
  ...detectionBars,
  ...blipBars,
  ...brownOutBars,
  ...blindBars,
  crashLoopBar,
  ...noiseBars,
  faultsBar,
];
