/** What one simulated world gave: measured values under their names, one number for each case. */
export type Sample = {
  readonly simulatedMs: number;
  readonly values: Readonly<Record<string, readonly number[]>>;
};

export type Judged = { readonly measured: string; readonly isMet: boolean };

/** A promise of the product that is measured over many simulated worlds. */
export type Bar = {
  readonly name: string;
  /** What is promised, in words. */
  readonly promise: string;
  /** How many worlds the full measurement takes. */
  readonly worlds: number;
  /** How many of them, the first ones, are run with the tests. */
  readonly worldsInTest: number;
  /** One world; the same seed gives the same sample. */
  readonly run: (seed: number) => Promise<Sample>;
  readonly judge: (values: Values) => Judged;
};

/** All values of one name over all worlds. */
export type Values = (name: string) => readonly number[];

/** @throws TypeError on what was lost on the way from a worker: JSON has no infinity */
export function valuesOf(samples: readonly Sample[]): Values {
  return (name) => {
    const values = samples.flatMap((sample) => sample.values[name] ?? []);
    const odd = values.find((value) => typeof value !== "number");
    if (odd !== undefined) throw new TypeError(`"${name}" has a value that is no number: ${odd}`);
    return values;
  };
}

export const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

export const largest = (values: readonly number[]): number =>
  values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);

/** `12.3 s` */
export const seconds = (ms: number): string =>
  Number.isFinite(ms) ? `${(ms / 1000).toFixed(1)} s` : "never";

export const percent = (share: number): string =>
  `${(100 * share).toFixed(share > 0 && share < 0.01 ? 2 : 0)} %`;
