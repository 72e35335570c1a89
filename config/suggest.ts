import { distance } from "fastest-levenshtein";

const simplified = (word: string): string => word.toLowerCase().replaceAll(/[-_ ]/g, "");

/** The candidate somebody who wrote `word` most likely meant: about a third of the letters may be wrong. */
export const suggest = (word: string, candidates: readonly string[]): string | undefined => {
  const wanted = simplified(word).slice(0, 60);
  let best: { candidate: string; far: number } | undefined;
  for (const candidate of candidates) {
    const limit = Math.ceil(Math.max(wanted.length, candidate.length) / 3);
    const far = distance(wanted, simplified(candidate));
    if (far < candidate.length && far <= limit && far < (best?.far ?? Number.POSITIVE_INFINITY))
      best = { candidate, far };
  }
  return best?.candidate;
};

/** `did you mean "ttl"?` when there is a likely candidate, else all of them when they are few. */
export const suggestion = (word: string, candidates: readonly string[]): string | undefined => {
  const meant = suggest(word, candidates);
  if (meant !== undefined) return `did you mean ${JSON.stringify(meant)}?`;
  return candidates.length <= 10 ? `possible: ${candidates.join(", ")}` : undefined;
};
