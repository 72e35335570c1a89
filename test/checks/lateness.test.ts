import { describe, expect, it } from "vitest";
import { watchLateness } from "../../lambda/checks/lateness.ts";

describe("lateness", () => {
  // The watch's own timer may beat at any moment: with a clock that only the test moves, that changes nothing.
  it.each([
    [[10, 25, 25], 0],
    [[125], 0],
    [[126], 1],
    [[126, 25, 5000], 2],
    [[-3_600_000, 25], 0],
  ])("after the clock moved by %j ms it was late %i times", (moves, times) => {
    let wallMs = 1_800_000_000_000;
    const lateness = watchLateness(() => wallMs);
    for (const move of moves) {
      wallMs += move;
      lateness.count();
    }
    expect(lateness.count()).toBe(times);
    lateness.stop();
  });

  it("notices a real block of the event loop", () => {
    const lateness = watchLateness();
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
    expect(lateness.count()).toBe(1);
    lateness.stop();
  });
});
