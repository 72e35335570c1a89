const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `500ms`, `10s`, `2m`, `1h`, `1d`: a whole number and a unit. */
export const durationPattern = /^(\d{1,9})(ms|s|m|h|d)$/;

/** Milliseconds, or undefined for what is no duration. */
export const parseDuration = (text: string): number | undefined => {
  const [, amount, unit] = durationPattern.exec(text) ?? [];
  if (amount === undefined || unit === undefined) return undefined;
  return Number(amount) * (unitMs[unit] ?? Number.NaN);
};

/** The shortest text that `parseDuration` reads as the same: in the largest unit that divides it. */
export const formatDuration = (ms: number): string => {
  const [unit, size] = Object.entries(unitMs).findLast(([, size]) => ms >= size && ms % size === 0) ?? [
    "ms",
    1,
  ];
  return `${ms / size}${unit}`;
};
