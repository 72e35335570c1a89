import { type Case, chunked, head200, shortMs } from "./http-cases.ts";
import { repeats, says, saysAndCloses } from "./servers.ts";

export const broken: Case[] = [
  { name: "a black hole", serve: () => {}, timeoutMs: shortMs, finds: "first-byte-timeout" },
  {
    name: "one byte of the headers at a time",
    serve: repeats("HTTP/1.1 200 OK\r\nX-Slow: ", "x", 20),
    timeoutMs: shortMs,
    finds: "headers-timeout",
  },
  {
    name: "one byte of the body at a time",
    serve: repeats("HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n", "x", 20),
    timeoutMs: shortMs,
    finds: "body-timeout",
  },
  {
    name: "one chunk at a time",
    serve: repeats(chunked(), "1\r\nx\r\n", 20),
    timeoutMs: shortMs,
    finds: "body-timeout",
  },
  {
    name: "a body that stops",
    serve: says("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"),
    timeoutMs: shortMs,
    finds: "body-timeout",
  },
  {
    name: "one endless header",
    serve: repeats("HTTP/1.1 200 OK\r\nX-Long: ", "x".repeat(999)),
    finds: "headers-too-large",
  },
  {
    name: "a flood of headers",
    serve: repeats("HTTP/1.1 200 OK\r\n", "X-Flood: 1\r\n"),
    finds: "headers-too-large",
  },
  {
    name: "endless informational answers",
    serve: repeats("", "HTTP/1.1 100 Continue\r\n\r\n"),
    finds: "headers-too-large",
  },
  { name: "HTTP/0.9", serve: saysAndCloses("<html>hello</html>\r\n"), finds: "not-http" },
  {
    name: "the banner of another protocol",
    serve: (s) => s.write("SSH-2.0-OpenSSH_9.9\r\n"),
    finds: "not-http",
  },
  { name: "HTTP/2 by surprise", serve: says("HTTP/2 200\r\n\r\n"), finds: "not-http" },
  { name: "a status that is no number", serve: says("HTTP/1.1 OK 200\r\n\r\n"), finds: "not-http" },
  {
    name: "a header without a colon",
    serve: says("HTTP/1.1 200 OK\r\nnonsense\r\n\r\n"),
    finds: "bad-response",
  },
  { name: "a folded header", serve: says("HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n"), finds: "bad-response" },
  { name: "bare line feeds only", serve: says("HTTP/1.1 200 OK\nA: b\n\nhello"), finds: "bad-response" },
  {
    name: "a bare line feed in the status line",
    serve: says("HTTP/1.1 200 OK\nA: b\r\n\r\n"),
    finds: "bad-response",
  },
  {
    name: "a bare line feed in a header",
    serve: says("HTTP/1.1 200 OK\r\nA: b\nC: d\r\n\r\n"),
    finds: "bad-response",
  },
  {
    name: "a content-length that is no number",
    serve: says("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n"),
    finds: "bad-response",
  },
  {
    name: "two content-lengths",
    serve: says("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"),
    finds: "bad-response",
  },
  {
    name: "a length beside chunks",
    serve: says(chunked().replace("\r\n\r\n", "\r\nContent-Length: 1\r\n\r\n")),
    finds: "bad-response",
  },
  {
    name: "an unknown transfer-encoding",
    serve: says("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n"),
    finds: "bad-response",
  },
  { name: "a chunk size that is no number", serve: says(chunked("zz\r\nhello\r\n")), finds: "bad-response" },
  { name: "a negative chunk size", serve: says(chunked("-5\r\nhello\r\n")), finds: "bad-response" },
  {
    name: "a chunk longer than it says",
    serve: says(chunked("3\r\nhello\r\n0\r\n\r\n")),
    finds: "bad-response",
  },
  { name: "an endless chunk size", serve: repeats(chunked(), "0"), finds: "bad-response" },
  { name: "endless trailers", serve: repeats(chunked("0\r\n"), "X-Trailer: 1\r\n"), finds: "bad-response" },
  {
    name: "a close instead of an answer",
    serve: (s) => s.once("data", () => s.end()),
    finds: "closed-early",
  },
  { name: "a close on connecting (half-open)", serve: (s) => s.end(), finds: "closed-early" },
  {
    name: "a close within the headers",
    serve: saysAndCloses("HTTP/1.1 200 OK\r\nCont"),
    finds: "closed-early",
  },
  {
    name: "a close within the body",
    serve: saysAndCloses("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"),
    finds: "closed-early",
  },
  { name: "a close within a chunk", serve: saysAndCloses(chunked("5\r\nhe")), finds: "closed-early" },
  {
    name: "a close before the last chunk",
    serve: saysAndCloses(chunked("5\r\nhello\r\n")),
    finds: "closed-early",
  },
  {
    name: "a reset instead of an answer",
    serve: (s) => s.once("data", () => s.resetAndDestroy()),
    finds: "reset",
  },
  {
    name: "a reset within the body",
    // Only once the headers are surely read: a reset drops what is still on the way.
    serve: (s) =>
      s.once("data", () => s.write(`${head200}half`, () => setTimeout(() => s.resetAndDestroy(), 50))),
    finds: "reset",
  },
];
