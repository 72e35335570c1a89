import type { ReadStream, WriteStream } from "node:tty";
import type { Show } from "../shows.ts";
import type { Published } from "../sns-message.ts";
import type { Model } from "../watch/model.ts";
import type { Observer } from "../watch/observer.ts";
import { changes } from "./plain.ts";
import { render, type Stage } from "./render.ts";
import { openTerminal } from "./terminal.ts";
import type { Line } from "./text.ts";
import { timeOfDay } from "./words.ts";

/** Somebody looking: draws what there is whenever asked. */
export type View = { draw(): void; close(): void };

type Page = NonNullable<Stage["page"]>;

/** The live screen of a terminal. */
export function openScreen(
  show: Show,
  observer: Observer,
  [output, input]: readonly [WriteStream, ReadStream],
  onEnd: () => void,
): View {
  const isColored = process.env["NO_COLOR"] === undefined || process.env["NO_COLOR"] === "";
  let page: Page | undefined;
  const draw = () => {
    const model = observer.model(Date.now());
    terminal.draw(render(model, stageOf(show, model, page), terminal.size(), isColored));
  };
  const press = async (key: string) => {
    if (key === "q" || key === "\x03") return onEnd();
    const was = page;
    page = was === undefined ? pageFor(key, observer) : undefined;
    if (was === undefined && page === undefined) {
      const deed = await show.press(key);
      if (deed) observer.note(deed.note, deed.isBreak);
    }
    draw();
  };
  const terminal = openTerminal(output, input, { key: (key) => void press(key.toLowerCase()), resize: draw });
  process.on("exit", terminal.close);
  return {
    draw,
    close: () => {
      process.off("exit", terminal.close);
      terminal.close();
    },
  };
}

function stageOf(show: Show, { alerts }: Model, page: Page | undefined): Stage {
  const read = `read the last alert (${alerts.length === 0 ? "none yet" : `${alerts.length} so far`})`;
  const common: Line = [["a", "bold"], ` ${read}  `, ["l", "bold"], " log  ", ["q", "bold"], " quit"];
  const own = show.keys.slice(0, -1);
  const last = show.keys.at(-1);
  return {
    title: show.title,
    notes: show.notes,
    keys: [...own, last ? [...last, "  ", ...common] : common],
    broken: show.broken(),
    ...(page ? { page } : {}),
  };
}

function pageFor(key: string, observer: Observer): Page | undefined {
  if (key === "l")
    return {
      title: "What the functions wrote, newest first",
      text: [...observer.log()].reverse().join("\n"),
    };
  const { alerts } = observer.model(Date.now());
  const last = alerts.at(-1);
  return key === "a" && last ? alertPage(last, alerts.length) : undefined;
}

const alertPage = (alert: Published, count: number): Page => ({
  title: `Alert ${count} of ${count}, ${timeOfDay(alert.atMs)} UTC, as it would be mailed`,
  text: `Subject: ${alert.subject ?? ""}\n\n${alert.texts["email"] ?? alert.texts["default"] ?? ""}`,
});

/** Lines for a log, where there is no terminal. */
export function openLog(show: Show, observer: Observer, print: (line: string) => void): View {
  let before: Model | undefined;
  for (const line of [show.title, ...show.notes]) print(line);
  return {
    draw: () => {
      const now = observer.model(Date.now());
      for (const line of changes(before, now)) print(line);
      before = now;
    },
    close: () => {},
  };
}
