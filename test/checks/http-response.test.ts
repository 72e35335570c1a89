import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { judgeResponse, type Outcome } from "../../lambda/checks/http-judge.ts";
import { readResponse } from "../../lambda/checks/http-response.ts";
import { httpCheck, page } from "./servers.ts";

const check = httpCheck(80, { contains: "needle", matches: "end$" });

/** Reads a response that arrives in these pieces before the server closes. */
function read(pieces: readonly Uint8Array[]): Outcome {
  const reader = readResponse("GET", judgeResponse(check, /end$/));
  for (const piece of pieces) {
    const outcome = reader.push(Buffer.from(piece));
    if (outcome !== undefined) return outcome;
  }
  return reader.end();
}

function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const cuts = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b);
  return [0, ...cuts].map((from, index) => bytes.subarray(from, cuts[index] ?? bytes.length));
}

const places = fc.array(fc.nat(), { maxLength: 30 });
const encode = (chunks: readonly string[]): string =>
  chunks.map((chunk) => `${Buffer.byteLength(chunk).toString(16)}\r\n${chunk}\r\n`).join("");

describe("how a response arrives makes no difference", () => {
  const filler = fc.string({ maxLength: 200 });

  it("with a length", () => {
    fc.assert(
      fc.property(filler, filler, places, (before, between, at) => {
        const text = `HTTP/1.1 103 Early\r\n\r\n${page(200, `${before}needle${between}end`)}`;
        expect(read(cut(Buffer.from(text), at))).toBe("good");
      }),
    );
  });

  it("in chunks, however they are cut", () => {
    const chunk = fc.string({ minLength: 1, maxLength: 50 });
    fc.assert(
      fc.property(fc.array(chunk), fc.array(chunk), places, (before, between, at) => {
        const body = encode([...before, "nee", "dle", ...between, "en", "d"]);
        const text = `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${body}0\r\n\r\n`;
        expect(read(cut(Buffer.from(text), at))).toBe("good");
      }),
    );
  });

  it("also when it is wrong", () => {
    const texts = [
      page(200, "no such text"),
      page(500, "needle end"),
      page(200, "needle end").slice(0, -1),
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello!\r\n",
      `HTTP/1.1 200 OK\r\nX: ${"x".repeat(17_000)}\r\n\r\n`,
      "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
      "hello",
    ];
    fc.assert(
      fc.property(fc.constantFrom(...texts), places, (text, at) => {
        const bytes = Buffer.from(text);
        expect(read(cut(bytes, at))).toEqual(read([bytes]));
      }),
    );
  });
});

describe("junk", () => {
  it("is never good and never throws", () => {
    const junk = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 10 });
    const starts = fc.constantFrom(
      "",
      "HTTP/1.1 200 OK\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
    );
    fc.assert(
      fc.property(starts, junk, (start, pieces) => {
        expect(read([Buffer.from(start), ...pieces])).not.toBe("good");
      }),
    );
  });
});
