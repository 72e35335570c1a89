import { expect, test } from "vitest";
import { oncePer } from "../../lambda/core/once-per.ts";

test("is worked out once for each object, also where nothing comes of it", () => {
  const asked: object[] = [];
  const first = oncePer((list: readonly number[]) => {
    asked.push(list);
    return list[0];
  });
  const [one, none] = [[7], []];
  expect([first(one), first(none), first(one), first(none), first([7])]).toEqual([
    7,
    undefined,
    7,
    undefined,
    7,
  ]);
  expect(asked).toEqual([one, none, [7]]);
});
