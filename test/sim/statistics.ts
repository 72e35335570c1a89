/**
 * The smallest value that at least this share of them does not exceed (nearest rank): a value that was measured, never
 * one between two. NaN of nothing.
 */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

/**
 * The highest rate that `count` events in `span` leave believable, 95 % one-sided: the rate at which so few or fewer
 * events have a chance of 5 % (the exact Poisson bound; 3.0 / span for none, the "rule of three").
 */
export function rateBound(count: number, span: number): number {
  let [low, high] = [count, 2 * count + 10];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (chanceOfAtMost(count, middle) > 0.05) low = middle;
    else high = middle;
  }
  return high / span;
}

/** The Poisson distribution: the chance of `count` events or fewer where `mean` are expected. */
function chanceOfAtMost(count: number, mean: number): number {
  let term = Math.exp(-mean);
  let sum = term;
  for (let k = 1; k <= count; k++) {
    term *= mean / k;
    sum += term;
  }
  return sum;
}
