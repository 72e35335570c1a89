import { createHash } from "node:crypto";
import type { Socket } from "node:net";

/** A frame as a server sends it. */
export const frame = (opcode: number, payload: string | Buffer = "", first = 0x80): Buffer => {
  const bytes = Buffer.from(payload);
  const length =
    bytes.length < 126 ? Buffer.of(bytes.length) : Buffer.of(126, bytes.length >> 8, bytes.length & 0xff);
  return Buffer.concat([Buffer.of(first | opcode), length, bytes]);
};

export const message = (text: string): Buffer => frame(1, text);

export type Received = { readonly opcode: number; readonly payload: Buffer; readonly masked: boolean };

/** The frames a client has sent, all of them whole and shorter than 64 KB. */
export function framesOf(bytes: Buffer): Received[] {
  const frames: Received[] = [];
  for (let at = 0; at < bytes.length; ) {
    const short = bytes.readUInt8(at + 1) & 0x7f;
    const [size, head] = short === 126 ? [bytes.readUInt16BE(at + 2), 4] : [short, 2];
    const masked = (bytes.readUInt8(at + 1) & 0x80) !== 0;
    const data = at + head + (masked ? 4 : 0);
    const mask = bytes.subarray(at + head, data);
    const payload = Buffer.from(
      bytes.subarray(data, data + size).map((byte, i) => byte ^ (mask[i % 4] ?? 0)),
    );
    frames.push({ opcode: bytes.readUInt8(at) & 0xf, payload, masked });
    at = data + size;
  }
  return frames;
}

/** What belongs into the answer to this request. */
export const acceptOf = (request: string): string => {
  const key = /^sec-websocket-key: (\S{24})\r$/im.exec(request)?.[1] ?? "";
  return createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
};

/** The answer of a server that goes over; `fields` say something else. */
export const goesOver = (request: string, fields: Readonly<Record<string, string>> = {}): string => {
  const all = {
    Upgrade: "WebSocket",
    Connection: "Upgrade",
    "Sec-WebSocket-Accept": acceptOf(request),
    ...fields,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 101 Switching Protocols\r\n${lines.join("")}\r\n`;
};

/** Answers the request with what `answer` makes of it, and each frame with what `say` makes of it. */
export const websocketServer =
  (
    say: (heard: Received) => Buffer | undefined,
    answer: (request: string) => string | Buffer = (request) => goesOver(request),
  ) =>
  (socket: Socket) => {
    socket.once("data", (request) => {
      socket.write(answer(request.toString("latin1")), "latin1");
      socket.on("data", (bytes) => {
        for (const heard of framesOf(bytes)) {
          const said = say(heard);
          if (said) socket.write(said);
        }
      });
    });
  };

/** Goes over, and says this at once, together with the answer. */
export const saysFrames = (...frames: readonly Buffer[]) =>
  websocketServer(
    () => undefined,
    (request) => Buffer.concat([Buffer.from(goesOver(request)), ...frames]),
  );
