import { brotliCompressSync, constants, deflateSync, gzipSync } from "node:zlib";
import { type Case, chunked, shortMs } from "./http-cases.ts";
import { page, repeats, says, saysAndCloses } from "./servers.ts";

/** An answer with a body of any bytes. */
const bytes = (body: Buffer, ...fields: string[]): string =>
  ["HTTP/1.1 200 OK", `Content-Length: ${body.length}`, ...fields, "", body.toString("latin1")].join("\r\n");
const gzip = (body: Buffer | string): string => bytes(gzipSync(body), "Content-Encoding: gzip");
const params = { [constants.BROTLI_PARAM_QUALITY]: 1 };
const brotli = (body: Buffer | string): string =>
  bytes(brotliCompressSync(body, { params }), "Content-Encoding: br");

const zeros = Buffer.alloc(32 * 1024 * 1024);
const big = "x".repeat(64 * 1024);
const deep = "[".repeat(200 * 1024);
const text = { contains: "all is well" };

/** What a server may send as the body, and what is asked of it. */
export const content: Case[] = [
  {
    name: "text compressed with gzip though nobody asked",
    serve: says(gzip("all is well")),
    check: text,
    finds: "ok",
  },
  {
    name: "the same with deflate, a pattern and JSON",
    serve: says(bytes(deflateSync('{"ok":1}'), "Content-Encoding: deflate")),
    check: { matches: "ok.:1", json: [{ text: "ok == 1", path: ["ok"], op: "==", value: 1 }] },
    finds: "ok",
  },
  { name: "the same with brotli", serve: says(brotli("all is well")), check: text, finds: "ok" },
  { name: "other text, compressed", serve: says(gzip("oh no")), check: text, finds: "body-mismatch" },
  { name: "a gzip bomb of 32 MB", serve: says(gzip(zeros)), check: text, finds: "body-too-large" },
  { name: "a brotli bomb of 32 MB", serve: says(brotli(zeros)), check: text, finds: "body-too-large" },
  { name: "a bomb of which nothing is asked", serve: says(gzip(zeros)), finds: "ok" },
  {
    name: "gzip that is none",
    serve: says(page(200, "all is well", "Content-Encoding: gzip")),
    check: text,
    finds: "bad-response",
  },
  {
    name: "gzip that breaks off",
    serve: says(bytes(gzipSync("all is well").subarray(0, -4), "Content-Encoding: gzip")),
    check: text,
    finds: "bad-response",
  },
  {
    name: "a coding that is not read",
    serve: says(page(200, "all is well", "Content-Encoding: zstd")),
    check: text,
    finds: "body-encoding",
  },
  {
    name: "two codings, one over the other",
    serve: says(page(200, "all is well", "Content-Encoding: gzip, br")),
    check: text,
    finds: "body-encoding",
  },
  {
    name: "an endless compressed body",
    serve: repeats("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n", big),
    check: text,
    finds: "body-too-large",
  },
  {
    name: "a body of 1 GB",
    serve: repeats("HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n", big),
    check: text,
    finds: "body-too-large",
  },
  {
    name: "a chunk of 1 GB",
    serve: repeats(chunked("40000000\r\n"), big),
    check: text,
    finds: "body-too-large",
  },
  {
    name: "an endless body without a length, of which JSON is asked",
    serve: repeats("HTTP/1.1 200 OK\r\n\r\n[", "1,"),
    check: { json: [{ text: "[0] exists", path: [0], op: "exists" }] },
    finds: "body-too-large",
  },
  {
    name: "JSON too deep to be true",
    serve: saysAndCloses(page(200, deep)),
    check: { json: [{ text: "[0] exists", path: [0], op: "exists" }] },
    finds: "json-mismatch",
  },
  {
    name: "a body made to blow a pattern up",
    serve: says(page(200, "a".repeat(200 * 1024))),
    check: { matches: "(a+)+$b|^(a|aa)+c|(.*a){5}d" },
    finds: "body-mismatch",
  },
  {
    name: "a body made to need all of a pattern's states",
    serve: says(page(200, "aababbbaabbbabaabb".repeat(10_000))),
    check: { matches: "a[ab]{60}0" },
    finds: "body-mismatch",
  },
  {
    name: "a match at the end of what a pattern sees",
    serve: says(page(200, `${"x".repeat(64 * 1024 - 4)}end.`)),
    check: { matches: "end" },
    finds: "ok",
  },
  {
    name: "a match behind what a pattern sees",
    serve: says(page(200, `${"x".repeat(64 * 1024)}end.`)),
    check: { matches: "end" },
    finds: "body-mismatch",
  },
  {
    name: "a body that stops, though a size is all that is asked",
    serve: says("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"),
    check: { maxBytes: 10 },
    timeoutMs: shortMs,
    finds: "body-timeout",
  },
];
