import { expect, test } from "vitest";
import { locations, shopConfig } from "./config.ts";
import { openNature, type Spell } from "./nature.ts";
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

test("what stays down while all are blind was down, and what is well meanwhile was not", () => {
  const wasDownUntil = (toS: number) => {
    const spells: Spell[] = [
      { host: "frankfurt", fromMs: at(10), toMs: at(toS), behaviour: "refuse" },
      { host: "*", fromMs: at(11), toMs: at(30), behaviour: "black hole", from: locations },
    ];
    const config = shopConfig();
    return wasDown({ config, unasked: [], ...openNature(1, spells) }, "frankfurt", at(0), at(30));
  };
  expect(wasDownUntil(12)).toBe(true);
  expect(wasDownUntil(11.5)).toBe(false);
});

test("an instant of answers is enough for up", () => {
  expect(wasUp(frankfurt(30), "frankfurt", at(10), at(29))).toBe(false);
  expect(wasUp(frankfurt(30), "frankfurt", at(10), at(30))).toBe(true);
});
