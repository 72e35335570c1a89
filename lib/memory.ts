// Apart from the constructs, for whoever reckons with memory without loading the CDK.

/** One core in MB: a function has CPU in proportion to its memory (Lambda's documentation). */
export const coreMb = 1_769;

/**
 * Memory of the sweep in MB. It never rests, so its memory is its price: 8.76 dollars a month for 256 MB, twice that
 * for 512. `npm run bench:memory` says what it needs.
 */
export const sweepMemoryMb = 256;

/**
 * Memory of a probe function in MB. It is paid for while probes run only, and a location that is short of CPU is late,
 * so that its probes are void.
 */
export const probeMemoryMb = 512;

/**
 * Node's options for a function of so many MB. V8 lets garbage lie by what the machine seems to have: 500 endpoints
 * that fail together took 270 MB, and take 142 with a small nursery and half of the memory for what lives long.
 */
export const heapOptions = (memoryMb: number): string =>
  `--max-semi-space-size=4 --max-old-space-size=${Math.floor(memoryMb / 2)}`;
