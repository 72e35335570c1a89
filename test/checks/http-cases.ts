import type { Socket } from "node:net";
import type { HttpCheck } from "../../lambda/core/config.ts";
import type { Reason } from "../../lambda/core/reason.ts";
import { page, repeats, says, saysAndCloses } from "./servers.ts";

// Long enough for any machine where the server answers, short where the test is that it never does.
export const patientMs = 20_000;
export const shortMs = 400;

export type Case = {
  readonly name: string;
  readonly serve: (socket: Socket) => void;
  readonly check?: Partial<HttpCheck>;
  readonly timeoutMs?: number;
  /** What DNS knows; without it the system's is asked, and no case needs that. */
  readonly names?: Readonly<Record<string, readonly string[]>>;
  readonly finds: Reason | "ok";
};

export const chunked = (...chunks: string[]): string =>
  `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${chunks.join("")}`;
const big = "x".repeat(300 * 1024);
export const head200 = "HTTP/1.1 200 OK\r\n\r\n";

export const good: Case[] = [
  { name: "a plain 200", serve: says(page(200, "ok")), finds: "ok" },
  { name: "an empty body", serve: says(page(200)), finds: "ok" },
  { name: "a 204, which has no body", serve: says("HTTP/1.1 204 No Content\r\n\r\n"), finds: "ok" },
  {
    name: "a 304, whose length is that of a body not sent",
    serve: says("HTTP/1.1 304 Not Modified\r\nContent-Length: 500\r\n\r\n"),
    check: { status: [[304, 304]] },
    finds: "ok",
  },
  {
    name: "HEAD, whose answer has no body either",
    serve: says("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n"),
    check: { method: "HEAD" },
    finds: "ok",
  },
  { name: "no reason phrase", serve: says("HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n"), finds: "ok" },
  { name: "HTTP/1.0 until close", serve: saysAndCloses("HTTP/1.0 200 OK\r\n\r\nhello"), finds: "ok" },
  {
    name: "chunks",
    serve: says(chunked("5\r\nhello\r\n", "0\r\n\r\n")),
    check: { matches: "^hello$" },
    finds: "ok",
  },
  {
    name: "chunks with an extension and a trailer",
    serve: says(chunked("5;a=b\r\nhello\r\n", "0\r\nX-Sum: 1\r\n\r\n")),
    finds: "ok",
  },
  {
    name: "an informational answer first",
    serve: says(`HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${page(200)}`),
    finds: "ok",
  },
  {
    name: "a status wanted by a range",
    serve: says(page(404)),
    check: {
      status: [
        [200, 299],
        [400, 404],
      ],
    },
    finds: "ok",
  },
  { name: "a 403 that is wanted", serve: says(page(403)), check: { status: [[403, 403]] }, finds: "ok" },
  {
    name: "the text wanted",
    serve: says(page(200, '{"ok":true}')),
    check: { contains: '"ok":true' },
    finds: "ok",
  },
  {
    name: "a text that is not ASCII",
    serve: (s) => s.once("data", () => s.end(`${head200}Grüße`)),
    check: { contains: "Grüße" },
    finds: "ok",
  },
  {
    name: "the text among invalid UTF-8",
    serve: says(page(200, "zz").replace("zz", "\xffok\xfe").replace("2\r", "4\r")),
    check: { contains: "ok", matches: "ok" },
    finds: "ok",
  },
  {
    name: "the text, and then no end",
    serve: repeats(`${head200}all is well`, "x", 20),
    check: { contains: "all is well" },
    finds: "ok",
  },
  {
    name: "a pattern that matches",
    serve: says(page(200, "version 12")),
    check: { matches: "^version \\d+$" },
    finds: "ok",
  },
  { name: "a body longer than is read", serve: says(page(200, big)), finds: "ok" },
  { name: "an endless body, of which nothing is asked", serve: repeats(head200, big), finds: "ok" },
  {
    name: "more than the content-length",
    serve: says(`${page(200, "ok")}and more`),
    check: { matches: "^ok$" },
    finds: "ok",
  },
  {
    name: "a compressed body of which nothing is asked",
    serve: says(page(200, "gz", "Content-Encoding: gzip")),
    finds: "ok",
  },
  {
    name: "headers of just under 16 KB",
    serve: says(page(200, "", `X-Long: ${"x".repeat(16 * 1024 - 100)}`)),
    finds: "ok",
  },
];

export const unhappy: Case[] = [
  { name: "a 500", serve: says(page(500)), finds: "status-unexpected" },
  { name: "a 301, judged as it is", serve: says(page(301, "", "Location: /x")), finds: "status-unexpected" },
  {
    name: "a 200 where 500 is wanted",
    serve: says(page(200)),
    check: { status: [[500, 500]] },
    finds: "status-unexpected",
  },
  {
    name: "a 500 with an endless body",
    serve: repeats("HTTP/1.1 500 Oops\r\n\r\n", big),
    finds: "status-unexpected",
  },
  {
    name: "a protocol switched though nobody asked",
    serve: says("HTTP/1.1 101 Switching\r\n\r\n"),
    finds: "status-unexpected",
  },
  ...[401, 403, 407, 429].map(
    (status): Case => ({ name: `a ${status}`, serve: says(page(status)), finds: "refused-to-us" }),
  ),
  {
    name: "a body without the text",
    serve: says(page(200, "maintenance")),
    check: { contains: "ok" },
    finds: "body-mismatch",
  },
  {
    name: "a body without the pattern",
    serve: says(page(200, "version x")),
    check: { matches: "version \\d" },
    finds: "body-mismatch",
  },
  {
    name: "the text without the pattern",
    serve: says(page(200, "ok")),
    check: { contains: "ok", matches: "\\d" },
    finds: "body-mismatch",
  },
  {
    name: "the text behind the content-length",
    serve: says(`${page(200, "no")}ok`),
    check: { contains: "ok" },
    finds: "body-mismatch",
  },
  {
    name: "no body where text is wanted",
    serve: says("HTTP/1.1 204 No Content\r\n\r\n"),
    check: { contains: "ok" },
    finds: "body-mismatch",
  },
  {
    name: "the text behind what is read",
    serve: says(page(200, `${big}ok`)),
    check: { contains: "ok" },
    finds: "body-too-large",
  },
  {
    name: "an endless body without the text",
    serve: repeats(head200, big),
    check: { contains: "ok" },
    finds: "body-too-large",
  },
  {
    name: "an answer later than wanted",
    serve: (s) => s.once("data", () => setTimeout(() => s.end(page(200)), 30)),
    check: { withinMs: 5 },
    finds: "too-slow",
  },
];
