import type { HeaderWish, JsonWish } from "../../lambda/core/config.ts";
import type { Reason } from "../../lambda/core/reason.ts";
import type { Case } from "./http-cases.ts";
import { page, repeats, says } from "./servers.ts";

const answer = (body: string, ...fields: string[]) => says(page(200, body, ...fields));

const header = (name: string, finds: Case["finds"], wish: HeaderWish): Case => ({
  name: `a header ${name}`,
  serve: answer(
    "ok",
    "X-Version: 42",
    "Content-Type: application/json; charset=utf-8",
    "Set-Cookie: a",
    "Set-Cookie: b",
  ),
  check: { answerHeaders: [{ name: "x-version", is: "present" }, wish] },
  finds,
});

const document = JSON.stringify({
  status: "ok",
  up: true,
  nothing: null,
  queue: { depth: 7, names: ["mail", "sms"], "odd key": 1 },
  checks: [{ name: "db", ok: true }],
});

const json = (finds: "ok" | "json-mismatch", wish: JsonWish): Case => ({
  name: `JSON: ${wish.text}`,
  serve: answer(document),
  check: { json: [wish] },
  finds,
});

const size = (bytes: number, finds: Case["finds"], check: Case["check"] & object): Case => ({
  name: `${bytes} bytes where ${JSON.stringify(check)} is wanted`,
  serve: answer("x".repeat(bytes)),
  check,
  finds,
});

const mismatch: Reason = "json-mismatch";

/** What may be asked of an answer beside its status and its text. */
export const wishes: Case[] = [
  header("there", "ok", { name: "content-type", is: "present" }),
  header("not there", "header-mismatch", { name: "x-other", is: "present" }),
  header("there that must not be", "header-mismatch", { name: "set-cookie", is: "absent" }),
  header("rightly not there", "ok", { name: "server", is: "absent" }),
  header("equal", "ok", { name: "x-version", is: "equal", text: "42" }),
  header("not equal", "header-mismatch", { name: "x-version", is: "equal", text: "4" }),
  header("containing", "ok", { name: "content-type", is: "containing", text: "json" }),
  header("not containing", "header-mismatch", { name: "content-type", is: "containing", text: "html" }),
  header("that is not there and should be equal", "header-mismatch", { name: "x-a", is: "equal", text: "" }),
  header("that comes twice, joined", "ok", { name: "set-cookie", is: "equal", text: "a, b" }),

  json("ok", { text: 'status == "ok"', path: ["status"], op: "==", value: "ok" }),
  json(mismatch, { text: 'status == "down"', path: ["status"], op: "==", value: "down" }),
  json("ok", { text: 'status != "down"', path: ["status"], op: "!=", value: "down" }),
  json(mismatch, { text: "queue.depth == '7'", path: ["queue", "depth"], op: "==", value: "7" }),
  json("ok", { text: "queue.depth < 10", path: ["queue", "depth"], op: "<", value: 10 }),
  json(mismatch, { text: "queue.depth < 7", path: ["queue", "depth"], op: "<", value: 7 }),
  json("ok", { text: "queue.depth <= 7", path: ["queue", "depth"], op: "<=", value: 7 }),
  json("ok", { text: "queue.depth > 6.5", path: ["queue", "depth"], op: ">", value: 6.5 }),
  json("ok", { text: "queue.depth >= 7", path: ["queue", "depth"], op: ">=", value: 7 }),
  json(mismatch, { text: "queue.depth > 7", path: ["queue", "depth"], op: ">", value: 7 }),
  json(mismatch, { text: "status > 0", path: ["status"], op: ">", value: 0 }),
  json(mismatch, { text: "up > 0", path: ["up"], op: ">", value: 0 }),
  json("ok", { text: "nothing == null", path: ["nothing"], op: "==", value: null }),
  json("ok", { text: "nothing exists", path: ["nothing"], op: "exists" }),
  json("ok", { text: 'queue["odd key"] == 1', path: ["queue", "odd key"], op: "==", value: 1 }),
  json("ok", { text: "checks[0].ok == true", path: ["checks", 0, "ok"], op: "==", value: true }),
  json(mismatch, { text: "checks[1] exists", path: ["checks", 1], op: "exists" }),
  json(mismatch, { text: "missing != 1", path: ["missing"], op: "!=", value: 1 }),
  json(mismatch, { text: "status.length exists", path: ["status", "length"], op: "exists" }),
  json(mismatch, { text: "queue.names.length exists", path: ["queue", "names", "length"], op: "exists" }),
  json(mismatch, { text: "__proto__ exists", path: ["__proto__"], op: "exists" }),
  json(mismatch, { text: "constructor exists", path: ["constructor"], op: "exists" }),
  json(mismatch, { text: "queue[0] exists", path: ["queue", 0], op: "exists" }),
  {
    name: "JSON behind a byte order mark",
    serve: (socket) => socket.once("data", () => socket.end("HTTP/1.1 200 OK\r\n\r\n\uFEFFtrue")),
    check: { json: [{ text: "$ == true", path: [], op: "==", value: true }] },
    finds: "ok",
  },
  {
    name: "no JSON",
    serve: answer("<html>"),
    check: { json: [{ text: "$ exists", path: [], op: "exists" }] },
    finds: "json-mismatch",
  },
  {
    name: "text and JSON, of which the text is not there",
    serve: answer("true"),
    check: { contains: "no", json: [{ text: "$ exists", path: [], op: "exists" }] },
    finds: "body-mismatch",
  },

  size(10, "ok", { minBytes: 10, maxBytes: 10 }),
  size(9, "body-too-small", { minBytes: 10 }),
  size(11, "body-too-large", { maxBytes: 10 }),
  size(0, "ok", { maxBytes: 0 }),
  size(256 * 1024, "ok", { maxBytes: 256 * 1024 }),
  size(256 * 1024 + 1, "body-too-large", { maxBytes: 256 * 1024 }),
  size(300 * 1024, "ok", { minBytes: 256 * 1024 }),
  {
    name: "an endless body that is soon too large",
    serve: repeats("HTTP/1.1 200 OK\r\n\r\n", "x"),
    check: { maxBytes: 100 },
    finds: "body-too-large",
  },
  {
    name: "the text at once, in a body that is too small",
    serve: answer("ok"),
    check: { contains: "ok", minBytes: 3 },
    finds: "body-too-small",
  },
  {
    name: "another URL than it should end at",
    serve: answer("ok"),
    check: { finalUrl: "http://127.0.0.1/end" },
    finds: "url-unexpected",
  },
];
