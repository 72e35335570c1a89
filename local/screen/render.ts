import type { Model } from "../watch/model.ts";
import { happeningLines } from "./happenings.ts";
import { type Broken, tables } from "./table.ts";
import { type Line, paint, widthOf, wrap } from "./text.ts";
import { timeOfDay } from "./words.ts";

/** What stands on the screen beside the model. */
export type Stage = {
  readonly title: string;
  /** What to know of this run: what it does not touch, that its times are shortened. */
  readonly notes: readonly string[];
  readonly keys: readonly Line[];
  readonly broken: Broken;
  /** Text that is read instead of the tables. */
  readonly page?: { readonly title: string; readonly text: string };
};

export type Size = { readonly columns: number; readonly rows: number };

/** At least so many lines are left to what happened. */
const leastHappenings = 4;

/** The screen, line by line: `rows` of them, none wider than `columns`. */
export function render(model: Model, stage: Stage, { columns, rows }: Size, color: boolean): string[] {
  const width = columns - 2;
  const head: Line[] = [titleLine(stage.title, model, width), ...stage.notes.map(dim), []];
  const foot: Line[] = stage.page ? [[["any key: back", "dim"]]] : [...stage.keys];
  if (model.trouble !== undefined) foot.unshift([[model.trouble, "bad"]]);
  const room = Math.max(0, rows - head.length - foot.length - 1);
  const body = stage.page ? pageLines(stage.page, width, room) : bodyLines(model, stage.broken, width, room);
  const filler: Line[] = Array.from({ length: Math.max(0, room - body.length) }, () => []);
  return [...head, ...body.slice(0, room), ...filler, [], ...foot]
    .slice(0, rows)
    .map((line) => ` ${paint(line, width, color)}`.trimEnd());
}

const dim = (text: string): Line => [[text, "dim"]];

function titleLine(title: string, model: Model, width: number): Line {
  const time = `${timeOfDay(model.nowMs)} UTC`;
  const gap = Math.max(1, width - widthOf([title]) - time.length);
  return [[title, "bold"], " ".repeat(gap), [time, "dim"]];
}

function bodyLines(model: Model, broken: Broken, width: number, room: number): Line[] {
  const all = tables(model, broken, width);
  const most = Math.max(0, room - leastHappenings - 1);
  const shown =
    all.length <= most ? all : [...all.slice(0, Math.max(0, most - 1)), moreLine(all.length - most + 1)];
  const happenings = happeningLines(model.happenings, room - shown.length - 1);
  return [...shown, [["What happened", "bold"]], ...happenings];
}

const moreLine = (lines: number): Line =>
  dim(
    `… ${lines} more ${lines === 1 ? "line: a taller window shows it" : "lines: a taller window shows them"}`,
  );

function pageLines({ title, text }: { title: string; text: string }, width: number, room: number): Line[] {
  const lines = wrap(text, width);
  return [[[title, "bold"]], [], ...lines.slice(0, Math.max(0, room - 2)).map((line) => [line])];
}
