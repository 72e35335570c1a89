// The two messages of grpc.health.v1.Health/Check, in gRPC's framing: a byte that says whether it is compressed, four
// that say how long it is. https://github.com/grpc/grpc/blob/master/doc/health-checking.md and doc/PROTOCOL-HTTP2.md

const prefixBytes = 5;

/** The longest name of a service that is asked for: its length then takes one byte. */
export const nameLimit = 127;

/** A HealthCheckRequest; an empty name asks for the server as a whole. */
export function writeRequest(service: string): Buffer {
  const name = Buffer.from(service);
  const message = name.length === 0 ? name : Buffer.concat([Buffer.of(0x0a, name.length), name]);
  const prefix = Buffer.alloc(prefixBytes);
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
}

/** What a server says of itself. */
export type Serving = "UNKNOWN" | "SERVING" | "NOT_SERVING" | "SERVICE_UNKNOWN";

const statuses: readonly Serving[] = ["UNKNOWN", "SERVING", "NOT_SERVING", "SERVICE_UNKNOWN"];

/** Reads a HealthCheckResponse; undefined when it is none. */
export function readResponse(body: Buffer): Serving | undefined {
  if (body.length < prefixBytes || body[0] !== 0) return undefined;
  if (body.length !== prefixBytes + body.readUInt32BE(1)) return undefined;
  try {
    return statuses[readStatus(body.subarray(prefixBytes))];
  } catch (error) {
    // A length that leads out of the message.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** The last value of field 1, an enum; 0 is not written, and fields that are not known are skipped. */
function readStatus(message: Buffer): number {
  let status = 0;
  for (let offset = 0; offset < message.length; ) {
    const tag = readVarint(message, offset);
    if (tag.value === 1 << 3) {
      const found = readVarint(message, tag.end);
      status = found.value;
      offset = found.end;
    } else offset = afterField(message, tag.value & 7, tag.end);
  }
  return status;
}

function afterField(message: Buffer, wireType: number, offset: number): number {
  if (wireType === 0) return readVarint(message, offset).end;
  if (wireType === 1) return offset + 8;
  if (wireType === 5) return offset + 4;
  if (wireType !== 2) throw new RangeError("a field of no known kind");
  const length = readVarint(message, offset);
  return length.end + length.value;
}

function readVarint(message: Buffer, start: number): { readonly value: number; readonly end: number } {
  let value = 0;
  for (let offset = start; offset < start + 5; offset += 1) {
    const byte = message.readUInt8(offset);
    value += (byte & 0x7f) * 2 ** (7 * (offset - start));
    if (byte < 0x80) return { value, end: offset + 1 };
  }
  throw new RangeError("a number longer than any here");
}
