import { expect, test } from "vitest";
import { shopConfig } from "./config.ts";
import { at, broken } from "./shop.ts";
import { wasDown, wasUp } from "./truth.ts";

const known = (...spans: Parameters<typeof broken>) => ({
  config: shopConfig(),
  truth: broken(...spans),
  unasked: [],
});
const frankfurt = (toS: number) => known(["frankfurt", 10, toS, "refuse"]);

test("an instant of errors is no outage, and excuses no move", () => {
  expect(wasDown(frankfurt(10.2), "frankfurt", at(0), at(30))).toBe(false);
  expect(wasDown(frankfurt(12), "frankfurt", at(0), at(30))).toBe(true);
  expect(wasDown(frankfurt(12), "frankfurt", at(11), at(30))).toBe(false);
  expect(wasDown(known(["frankfurt", 10, 20, "refuse", ["eu-central-1"]]), "frankfurt", at(0), at(30))).toBe(
    false,
  );
});

test("an instant of answers is enough for up", () => {
  expect(wasUp(frankfurt(30), "frankfurt", at(10), at(29))).toBe(false);
  expect(wasUp(frankfurt(30), "frankfurt", at(10), at(30))).toBe(true);
});
