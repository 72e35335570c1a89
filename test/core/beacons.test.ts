import { expect, test } from "vitest";
import {
  agreed,
  isOpen,
  readSaying,
  type Saying,
  type Seen,
  sayingText,
  standingBy,
  stepFor,
  turnOf,
  wordOf,
} from "../../lambda/core/beacons.ts";
import { generationRecord } from "../../lambda/core/generation.ts";
import type { Change } from "../../lambda/core/records.ts";
import { swap } from "../../lambda/core/swap.ts";
import { beacons, owner, say } from "../sim/beacons.ts";

const read = (body: string): Seen => ({ is: "read", body, etag: body });
const absent: Seen = { is: "absent" };
const silent: Seen = { is: "silent", why: "no answer" };
const saying = (word: Saying["word"], generation: number): Saying => ({ word, owner, generation });

test.each<[string, Saying | undefined]>([
  ["IN gen=0 owner=test\n", saying("IN", 0)],
  ["OUT gen=12 owner=test\n", saying("OUT", 12)],
  ["OUT gen=12 owner=test", undefined],
  ["OUT gen=012 owner=test\n", undefined],
  ["OUT gen=12 owner=te st\n", undefined],
  ["out gen=12 owner=test\n", undefined],
  ["", undefined],
])("%j is read as %j", (body, expected) => {
  expect(readSaying(body)).toEqual(expected);
  if (expected) expect(sayingText(expected)).toBe(body);
});

test.each<[string, Seen[], Saying | undefined]>([
  ["all the same", [read(say("IN", 1)), read(say("IN", 1)), read(say("IN", 1))], saying("IN", 1)],
  ["two, and one behind", [read(say("IN", 0)), read(say("OUT", 1)), read(say("OUT", 1))], saying("OUT", 1)],
  ["two, and one that is silent", [read(say("IN", 1)), silent, read(say("IN", 1))], saying("IN", 1)],
  ["the same word of two generations", [read(say("IN", 1)), absent, read(say("IN", 3))], undefined],
  ["two of two owners", [read(say("IN", 1)), silent, read(say("IN", 1, "other"))], undefined],
  ["one alone", [read(say("IN", 1)), silent, absent], undefined],
])("what enough beacons say: %s", (_, seen, expected) => expect(agreed(seen)).toEqual(expected));

const to = saying("OUT", 5);
test.each<[Seen, ReturnType<typeof stepFor>]>([
  [silent, "not known"],
  [absent, "write"],
  [read(say("OUT", 5)), "said"],
  [read(say("IN", 4)), "write"],
  [read(say("OUT", 1)), "write"],
  [read(say("IN", 5)), "strange"],
  [read(say("IN", 6)), "strange"],
  [read(say("IN", 4, "other")), "strange"],
  [read("hello"), "strange"],
])("%j on the way to OUT at 5: %s", (seen, step) => expect(stepFor(seen, to)).toBe(step));

test.each<[string, Seen[], boolean]>([
  ["where it begins", [read(say("IN", 4)), read(say("IN", 4)), silent], true],
  ["where it ends", [read(say("OUT", 5)), read(say("OUT", 5)), silent], true],
  ["half-way", [read(say("OUT", 5)), read(say("IN", 4)), silent], true],
  ["given up meanwhile", [read(say("IN", 6)), read(say("IN", 6)), silent], false],
  ["somebody else's", [read(say("IN", 4, "other")), read(say("IN", 4, "other")), silent], false],
])("a change from 4 to OUT at 5 may be tried: %s", (_, seen, expected) => {
  expect(isOpen(seen, { from: 4, want: to })).toBe(expected);
});

const record = (value: string) => ({ ...beacons.record, values: [value] });
const txt = (generation: number) => generationRecord(beacons.record, owner, generation);

test("a batch says from which generation, whose, and which word", () => {
  const away = [...swap(record(beacons.in), record(beacons.out)), ...swap(txt(4), txt(5))];
  expect(turnOf(beacons, away)).toEqual({ from: 4, want: to });
  const first = [...swap(record(beacons.out), record(beacons.in)), ...swap(null, txt(1))];
  expect(turnOf(beacons, first)).toEqual({ from: 0, want: saying("IN", 1) });
});

test.each<[string, Change[]]>([
  ["to a third value", [...swap(record(beacons.in), record("203.0.113.1")), ...swap(txt(4), txt(5))]],
  ["of a generation alone", swap(txt(4), txt(5))],
  ["of a record alone", swap(record(beacons.in), record(beacons.out))],
])("a batch %s is none that beacons can say", (_, changes) => {
  expect(() => turnOf(beacons, changes)).toThrow(RangeError);
});

test("a TXT that is not ours to read begins nowhere", () => {
  const stands = txt(4);
  const strange = stands && { ...stands, values: ['"hello"'] };
  const changes = [...swap(record(beacons.in), record(beacons.out)), ...swap(strange, txt(5))];
  expect(turnOf(beacons, changes).from).toBeNaN();
});

test("somebody else's word is written over where an operator has ordered to take that one over", () => {
  const theirs = generationRecord(beacons.record, "other", 8);
  const stands = record(beacons.out);
  const turn = turnOf(beacons, [...swap(stands, stands), ...swap(theirs, txt(20))]);
  expect(turn).toEqual({ from: 8, want: saying("OUT", 20), theirs: { owner: "other", generation: 8 } });
  const at = (generation: number, by: string) => read(say("OUT", generation, by));
  expect(isOpen([at(8, "other"), at(8, "other"), silent], turn)).toBe(true);
  expect(isOpen([at(9, "other"), at(9, "other"), silent], turn)).toBe(false);
  expect(stepFor(at(8, "other"), turn.want, turn.theirs)).toBe("write");
  expect(stepFor(at(9, "other"), turn.want, turn.theirs)).toBe("strange");
  expect(stepFor(at(8, "third"), turn.want, turn.theirs)).toBe("strange");
});

test("a name is at the value that it was given, however it is spelt", () => {
  const of = { in: "one.example.net", out: "two.example.net" };
  const cname = (value: string) => ({ ...record(value), type: "CNAME" as const });
  expect(wordOf(of, cname("One.Example.net."))).toBe("IN");
  expect(wordOf(of, cname("two.example.net."))).toBe("OUT");
  expect([wordOf(of, cname("three.example.net")), wordOf(of, null)]).toEqual([undefined, undefined]);
});

test("what stands is a record and its generation; none at first", () => {
  expect(standingBy(beacons, to)).toEqual({ record: record(beacons.out), generation: txt(5) });
  expect(standingBy(beacons, saying("IN", 0))).toEqual({ record: record(beacons.in), generation: null });
});
