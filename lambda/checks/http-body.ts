import type { Framing } from "./http-head.ts";

/** Takes a piece of the body; it must copy what it keeps. */
export type Take = (piece: Buffer) => void;

/** Takes bytes off the connection and hands the body in them on; `bad` when they break the framing. */
export type BodyDecoder = (bytes: Buffer, take: Take) => "more" | "done" | "bad";

/** The decoder of a body with this framing. */
export function decodeBody(framing: Framing): BodyDecoder {
  switch (framing.kind) {
    case "none":
      return () => "done";
    case "length":
      return decodeLength(framing.bytes);
    case "chunked":
      return decodeChunked();
    case "until-close":
      return (bytes, take) => {
        take(bytes);
        return "more";
      };
  }
}

function decodeLength(total: number): BodyDecoder {
  let left = total;
  return (bytes, take) => {
    const piece = bytes.length > left ? bytes.subarray(0, left) : bytes;
    left -= piece.length;
    take(piece);
    return left === 0 ? "done" : "more";
  };
}

// Chunk extensions and trailers mean nothing to us; a server that sends more of them than this is misbehaving.
const lineLimit = 1024;
const trailerLimit = 16 * 1024;

type Chunked = {
  part: "size" | "data" | "gap" | "trailer" | "done" | "bad";
  /** Of the current chunk. */
  left: number;
  /** The line read so far. */
  line: string;
  trailerBytes: number;
};

/** RFC 9112, 7.1. */
function decodeChunked(): BodyDecoder {
  const state: Chunked = { part: "size", left: 0, line: "", trailerBytes: 0 };
  return (bytes, take) => {
    let offset = 0;
    while (offset < bytes.length && state.part !== "done" && state.part !== "bad") {
      offset = state.part === "data" ? readData(state, bytes, offset, take) : readLine(state, bytes, offset);
    }
    return state.part === "done" || state.part === "bad" ? state.part : "more";
  };
}

function readData(state: Chunked, bytes: Buffer, offset: number, take: Take): number {
  const piece = bytes.subarray(offset, offset + state.left);
  take(piece);
  state.left -= piece.length;
  if (state.left === 0) state.part = "gap";
  return offset + piece.length;
}

function readLine(state: Chunked, bytes: Buffer, offset: number): number {
  const newline = bytes.indexOf(10, offset);
  const end = newline === -1 ? bytes.length : newline + 1;
  state.line += bytes.toString("latin1", offset, end);
  if (state.line.length > lineLimit) state.part = "bad";
  else if (newline !== -1) endLine(state);
  return end;
}

function endLine(state: Chunked): void {
  const line = state.line.endsWith("\r\n") ? state.line.slice(0, -2) : undefined;
  state.line = "";
  state.part = line === undefined ? "bad" : partAfter(state, line);
}

function partAfter(state: Chunked, line: string): Chunked["part"] {
  if (state.part === "gap") return line === "" ? "size" : "bad";
  if (state.part === "trailer") {
    state.trailerBytes += line.length;
    if (state.trailerBytes > trailerLimit) return "bad";
    return line === "" ? "done" : "trailer";
  }
  const size = /^([0-9a-fA-F]{1,12})[ \t]*(?:;|$)/.exec(line)?.[1];
  if (size === undefined) return "bad";
  state.left = Number.parseInt(size, 16);
  return state.left === 0 ? "trailer" : "data";
}
