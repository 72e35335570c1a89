import type { ReadStream, WriteStream } from "node:tty";
import type { Size } from "./render.ts";

const enter = "\x1b[?1049h\x1b[?25l";
const leave = "\x1b[?25h\x1b[?1049l";
/** Terminals that know it show everything between the two at once; the others pass it over. */
const beginFrame = "\x1b[?2026h\x1b[H";
const endFrame = "\x1b[J\x1b[?2026l";

export type Terminal = {
  size(): Size;
  /** Puts the lines on the screen; does nothing when they stand there already. */
  draw(lines: readonly string[]): void;
  /** The terminal as it was. */
  close(): void;
};

/** Takes over the terminal until it is closed. Keys are handed on as the terminal names them: `a`, `\x03`. */
export function openTerminal(
  output: WriteStream,
  input: ReadStream,
  on: { readonly key: (key: string) => void; readonly resize: () => void },
): Terminal {
  let shown = "";
  const onData = (data: Buffer) => {
    const text = data.toString("utf8");
    // An arrow or another key with a name of several characters is not what was asked for.
    for (const key of text.startsWith("\x1b") ? ["\x1b"] : text) on.key(key);
  };
  const onResize = () => {
    shown = "";
    on.resize();
  };
  output.write(enter);
  output.on("resize", onResize);
  if (input.isTTY) input.setRawMode(true);
  input.on("data", onData);
  input.resume();
  return {
    size: () => ({ columns: output.columns, rows: output.rows }),
    draw: (lines) => {
      const frame = lines.map((line) => `${line}\x1b[K`).join("\r\n");
      if (frame === shown) return;
      shown = frame;
      output.write(`${beginFrame}${frame}${endFrame}`);
    },
    close: () => {
      output.off("resize", onResize);
      input.off("data", onData);
      if (input.isTTY) input.setRawMode(false);
      input.pause();
      output.write(leave);
    },
  };
}
