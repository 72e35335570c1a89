/** An answer is judged by this much of its body: what is behind it is neither read nor judged. */
export const bodyLimit = 256 * 1024;

/** What has come of a body, of which the first `bodyLimit` bytes are kept. */
export type KeptBody = {
  /** It must copy what it keeps. */
  readonly add: (piece: Buffer) => void;
  /** Everything that has come, kept or not. */
  readonly length: () => number;
  /** Whether there is more than the limit. */
  readonly full: () => boolean;
  /** Whether it has `needle`, of which nothing ended within the first `seen` bytes. */
  readonly includes: (needle: Buffer, seen: number) => boolean;
  readonly bytes: () => Buffer;
};

/** With `keep` false the bytes are only counted. */
export function keepBody(keep: boolean): KeptBody {
  let room = Buffer.alloc(0);
  let length = 0;
  const grow = (needed: number): void => {
    if (needed <= room.length) return;
    const larger = Buffer.allocUnsafe(Math.min(bodyLimit, Math.max(needed, 2 * room.length)));
    room.copy(larger, 0, 0, length);
    room = larger;
  };
  const bytes = () => room.subarray(0, Math.min(length, bodyLimit));
  return {
    add: (piece) => {
      if (keep && length < bodyLimit) {
        grow(Math.min(length + piece.length, bodyLimit));
        piece.copy(room, length);
      }
      length += piece.length;
    },
    length: () => length,
    full: () => length > bodyLimit,
    includes: (needle, seen) => bytes().indexOf(needle, Math.max(0, seen - needle.length + 1)) !== -1,
    bytes,
  };
}
