import { brotliDecompressSync, gunzipSync, inflateSync } from "node:zlib";
import { codeOf, type Failure } from "./failure.ts";
import { bodyLimit } from "./kept-body.ts";

// No more comes out than is judged, whatever a bomb would make of it.
const bounded = { maxOutputLength: bodyLimit };

/** RFC 9110, 8.4.1, and RFC 7932. */
const decoders: ReadonlyMap<string, (bytes: Buffer) => Buffer> = new Map([
  ["gzip", (bytes: Buffer) => gunzipSync(bytes, bounded)],
  ["x-gzip", (bytes: Buffer) => gunzipSync(bytes, bounded)],
  ["deflate", (bytes: Buffer) => inflateSync(bytes, bounded)],
  ["br", (bytes: Buffer) => brotliDecompressSync(bytes, bounded)],
]);

/** The body that a server compressed although it was asked not to; `encoding` is its content-encoding. */
export function decodeContent(encoding: string, bytes: Buffer): Buffer | Failure {
  const decode = decoders.get(encoding);
  if (decode === undefined) {
    return { reason: "body-encoding", what: "answered with a body encoded as we do not read it, unasked" };
  }
  try {
    return decode(bytes);
  } catch (error) {
    return error instanceof Error && codeOf(error) === "ERR_BUFFER_TOO_LARGE"
      ? { reason: "body-too-large", what: `answered with more than ${bodyLimit / 1024} KB, compressed` }
      : { reason: "bad-response", what: "sent a compressed body that is broken" };
  }
}
