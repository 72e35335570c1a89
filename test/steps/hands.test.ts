import { expect, test } from "vitest";
import { type Hands, noHands } from "../../lambda/core/hands.ts";
import { readHands } from "../../lambda/steps/hands.ts";
import type { Sweep } from "../../lambda/steps/watch.ts";
import type { Store, Versioned } from "../../lambda/steps/world.ts";

type Row = Versioned<Hands> | undefined;

/** A sweep whose reads of operators' row are answered when a test wants. */
function reader() {
  const waiting: ((row: Row) => void)[] = [];
  const cell = { read: () => new Promise<Row>((resolve) => waiting.push(resolve)) };
  const store = { cell: () => cell } as unknown as Store;
  const sweep: Pick<Sweep, "hands"> & Parameters<typeof readHands>[0] = {
    world: { store, log: () => {} },
  };
  return { sweep, answer: (n: number, row: Row) => waiting[n]?.(row) };
}

test("of two reads the newer row counts, whichever is answered last", async () => {
  const { sweep, answer } = reader();
  const reads = [readHands(sweep), readHands(sweep)];
  answer(1, { version: 2, body: { ...noHands, number: 2 } });
  await reads[1];
  answer(0, { version: 1, body: { ...noHands, number: 1 } });
  await reads[0];
  expect(sweep.hands).toEqual({ version: 2, body: { ...noHands, number: 2 } });
});

test("a row that nobody has written yet wants nothing", async () => {
  const { sweep, answer } = reader();
  const read = readHands(sweep);
  answer(0, undefined);
  await read;
  expect(sweep.hands).toEqual({ version: 0, body: noHands });
});
