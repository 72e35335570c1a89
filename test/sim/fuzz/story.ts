import { type Line, startMs } from "../simulation.ts";

const width = 220;

/** A line of a trace as people read it: time since the start, who, what. */
export function storyLine({ atMs, by, text }: Line): string {
  const clock = new Date(Math.round(atMs - startMs)).toISOString().slice(11, 23);
  const said = text.length > width ? `${text.slice(0, width)}...` : text;
  return `${clock}  ${by.padEnd(10)} ${said}`;
}
