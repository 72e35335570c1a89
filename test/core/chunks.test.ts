import { expect, test } from "vitest";
import { chunks } from "../../lambda/core/chunks.ts";

test.each<[number[], number, number[][]]>([
  [[], 2, []],
  [[1, 2], 2, [[1, 2]]],
  [[1, 2, 3, 4, 5], 2, [[1, 2], [3, 4], [5]]],
])("%j in pieces of %i: %j", (list, size, pieces) => expect(chunks(list, size)).toEqual(pieces));
