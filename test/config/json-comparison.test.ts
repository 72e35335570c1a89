import { describe, expect, test } from "vitest";
import { parseJsonComparison } from "../../config/json-comparison.ts";

describe("a comparison", () => {
  test.each([
    ['status == "ok"', ["status"], "==", "ok"],
    ['$.status=="ok"', ["status"], "==", "ok"],
    ["  queue.depth <= 1.5e2  ", ["queue", "depth"], "<=", 150],
    ["checks[0].name != null", ["checks", 0, "name"], "!=", null],
    ["[1] == true", [1], "==", true],
    ["$[1][2] > -1", [1, 2], ">", -1],
    ["$ == false", [], "==", false],
    ['a["odd \\"key\\""].b-c >= 1', ["a", 'odd "key"', "b-c"], ">=", 1],
    ['["a.b"] < 1', ["a.b"], "<", 1],
    ['a == "x == y"', ["a"], "==", "x == y"],
  ])("%s", (text, path, op, value) => {
    expect(parseJsonComparison(text)).toEqual({ text: text.trim(), path, op, value });
  });

  test.each([
    ["checks[0] exists", ["checks", 0]],
    ["$ exists", []],
    ["exists exists", ["exists"]],
  ])("%s", (text, path) => {
    expect(parseJsonComparison(text)).toEqual({ text, path, op: "exists" });
  });
});

describe("no comparison", () => {
  test.each([
    ["", "is no comparison", "status"],
    ["status", "is no comparison", "status"],
    ["status = 1", "is no comparison", "status"],
    ["== 1", "is no comparison", "status"],
    ["a..b == 1", "is no comparison", "status"],
    [".a == 1", "is no comparison", "status"],
    ["a[b] == 1", "is no comparison", "status"],
    ["a[-1] == 1", "is no comparison", "status"],
    ['a["\\x"] == 1', "is no comparison", "status"],
    ["status == ok", "ok is no value", '"ok"'],
    ["status == 'ok'", "is no value", "double quotes"],
    ["status ==", "nothing is no value", "double quotes"],
    ["status == [1]", "is no value", "a number"],
    ['depth < "7"', "compares numbers", "without quotes"],
    ["depth >= true", "compares numbers", "without quotes"],
  ])("%s: %s", (text, complaint, hint) => {
    expect(parseJsonComparison(text)).toEqual({
      complaint: expect.stringContaining(complaint),
      hint: expect.stringContaining(hint),
    });
  });
});
