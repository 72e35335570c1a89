/** A 32-bit hash of two numbers, in any order of calls the same: MurmurHash3's mixing steps (A. Appleby, public domain). */
export function hash(a: number, b: number): number {
  let h = Math.imul(a, 0xcc9e2d51) ^ Math.imul(b, 0x1b873593);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

const two32 = 4_294_967_296;

/** A hash of a time: its upper half counts too, or everything would come again after 50 days. */
export const hashAt = (key: number, atMs: number): number => hash(hash(key, Math.floor(atMs / two32)), atMs);

/** A number from 0 to 1 that belongs to this key and time. */
export const chanceAt = (key: number, atMs: number): number => hashAt(key, atMs) / two32;

/** A hash of a text, on top of another hash. */
export function hashText(key: number, text: string): number {
  let h = key;
  for (let i = 0; i < text.length; i++) h = hash(h, text.charCodeAt(i));
  return h;
}
