import { randomBytes } from "node:crypto";

// RFC 6455, 5.2: what a frame's first byte says.
const continuation = 0;
const text = 1;
const binary = 2;
const close = 8;
const ping = 9;
const pong = 10;
const final = 0x80;
const reserved = 0x70;
const firstControl = 8;

/** What is sent as a message: text, or bytes. */
export const messageFrame = (payload: Buffer, isText: boolean): Buffer =>
  writeFrame(isText ? text : binary, payload);

/** The end of a conversation that went well (RFC 6455, 7.4.1). */
export const closeFrame = (): Buffer => writeFrame(close, Buffer.of(1000 >> 8, 1000 & 0xff));

/** A frame as a client sends it, masked (RFC 6455, 5.3). */
function writeFrame(opcode: number, payload: Buffer): Buffer {
  const mask = randomBytes(4);
  const masked = payload.map((byte, index) => byte ^ (mask[index & 3] ?? 0));
  return Buffer.concat([Buffer.of(final | opcode), lengthOf(payload.length), mask, masked]);
}

function lengthOf(bytes: number): Buffer {
  if (bytes < 126) return Buffer.of(0x80 | bytes);
  const length = Buffer.alloc(bytes < 0x10000 ? 3 : 9);
  length[0] = 0x80 | (bytes < 0x10000 ? 126 : 127);
  length.writeUIntBE(bytes, length.length === 3 ? 1 : 3, length.length === 3 ? 2 : 6);
  return length;
}

/** What came: a whole message, a ping with the frame that answers it, the end. */
export type Heard =
  | { readonly kind: "message"; readonly payload: Buffer }
  | { readonly kind: "ping"; readonly answer: Buffer }
  | { readonly kind: "close" };

/** Reads what a server sends from everything that has come so far; undefined when more must come. */
export type FrameReader = (received: Buffer) => Heard | "bad" | undefined;

type Frame = { readonly opcode: number; readonly isLast: boolean; readonly payload: Buffer };

export function readFrames(): FrameReader {
  let offset = 0;
  let parts: Buffer[] | undefined;

  const message = ({ opcode, isLast, payload }: Frame): Heard | "bad" | undefined => {
    // The first part says the type, the others that they go on.
    if ((opcode === continuation) !== (parts !== undefined)) return "bad";
    parts ??= [];
    // Into the same list: a message may come in as many parts as fit into what is read, even empty ones.
    parts.push(payload);
    if (!isLast) return undefined;
    const whole = Buffer.concat(parts);
    parts = undefined;
    return { kind: "message", payload: whole };
  };
  const heard = (frame: Frame): Heard | "bad" | undefined => {
    if (frame.opcode <= binary) return message(frame);
    if (frame.opcode === ping) return { kind: "ping", answer: writeFrame(pong, frame.payload) };
    if (frame.opcode === close) return { kind: "close" };
    return frame.opcode === pong ? undefined : "bad";
  };

  return (received) => {
    for (;;) {
      const frame = readFrame(received, offset);
      if (frame === undefined || frame === "bad") return frame;
      offset = frame.end;
      const found = heard(frame);
      if (found !== undefined) return found;
    }
  };
}

function readFrame(received: Buffer, offset: number): (Frame & { readonly end: number }) | "bad" | undefined {
  if (received.length < offset + 2) return undefined;
  const first = received.readUInt8(offset);
  const second = received.readUInt8(offset + 1);
  const opcode = first & 0xf;
  const isLast = (first & final) !== 0;
  // No extension was agreed on, and a server does not mask. A control frame is short and whole (RFC 6455, 5.5).
  if (first & reserved || second & 0x80) return "bad";
  if (opcode >= firstControl && (second > 125 || !isLast)) return "bad";
  const head = offset + (second < 126 ? 2 : second === 126 ? 4 : 10);
  if (received.length < head) return undefined;
  const end = head + (second < 126 ? second : lengthAt(received, offset + 2, head));
  if (received.length < end) return undefined;
  return { opcode, isLast, payload: received.subarray(head, end), end };
}

/** Precise up to 2^53, which is more than is ever read. */
function lengthAt(received: Buffer, from: number, to: number): number {
  return Number(to - from === 2 ? received.readUInt16BE(from) : received.readBigUInt64BE(from));
}
