import type { Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { bytesOf } from "../../lambda/checks/bytes.ts";
import { answerLimit } from "../../lambda/checks/receive.ts";
import { runCheck } from "../../lambda/checks/registry.ts";
import type { Talk } from "../../lambda/core/config.ts";
import type { Reason } from "../../lambda/core/reason.ts";
import { never, says, saysAndCloses, withServer } from "./servers.ts";

const patientMs = 20_000;

type Case = {
  readonly name: string;
  readonly serve: (socket: Socket) => void;
  readonly talk: Talk;
  readonly finds: Reason | "ok";
  readonly timeoutMs?: number;
};

const greets = (text: string) => (socket: Socket) => void socket.write(text, "latin1");
const ping: Talk = { send: "PING\r\n", expect: "+PONG" };

/** Greets, and answers once it was spoken to. */
const greetsAndSays = (greeting: string, text: string) => (socket: Socket) => {
  socket.write(greeting);
  says(text)(socket);
};

/** Speaks only when it is sure that nobody has spoken before. */
const insistsOnBanner = (socket: Socket) => {
  let answer = "554 too early\r\n";
  socket.once("data", () => socket.write(answer));
  setTimeout(() => {
    answer = "250 fine\r\n";
    socket.write("220 ready\r\n");
  }, 50);
};

const cases: Case[] = [
  { name: "a greeting", serve: greets("220 ready\r\n"), talk: { expect: "220" }, finds: "ok" },
  { name: "an answer", serve: says("+PONG\r\n"), talk: ping, finds: "ok" },
  { name: "an answer, and the end", serve: saysAndCloses("+PONG\r\n"), talk: ping, finds: "ok" },
  {
    name: "an answer in pieces",
    serve: (socket) => {
      const pieces = ["so", "me +P", "O", "NG"];
      const timer = setInterval(() => {
        socket.write(pieces.shift() ?? "");
        if (pieces.length === 0) clearInterval(timer);
      }, 10);
    },
    talk: ping,
    finds: "ok",
  },
  {
    name: "bytes that are no text",
    serve: (socket) => socket.once("data", (bytes) => socket.write(Buffer.from(bytes).reverse())),
    talk: { send: "hex:00ff10", expect: "hex:10FF00" },
    finds: "ok",
  },
  {
    name: "what is sent, though nothing is expected",
    serve: () => {},
    talk: { send: "bye" },
    finds: "ok",
  },
  {
    name: "the banner before anything is sent",
    serve: insistsOnBanner,
    talk: { banner: "220 ", send: "EHLO x\r\n", expect: "250" },
    finds: "ok",
  },
  {
    name: "another banner",
    serve: greetsAndSays("554 no service\r\n", "250"),
    talk: { banner: "220 ", ...ping },
    timeoutMs: 150,
    finds: "answer-mismatch",
  },
  {
    name: "the text in the banner only",
    serve: greetsAndSays("+PONG ready\r\n", "-ERR\r\n"),
    talk: { banner: "ready", ...ping },
    timeoutMs: 150,
    finds: "answer-mismatch",
  },
  {
    name: "another answer, and the end",
    serve: saysAndCloses("-LOADING\r\n"),
    talk: ping,
    finds: "answer-mismatch",
  },
  {
    name: "a close instead of an answer",
    serve: (socket) => socket.once("data", () => socket.end()),
    talk: ping,
    finds: "closed-early",
  },
  {
    name: "a reset instead of an answer",
    serve: (socket) => socket.once("data", () => socket.resetAndDestroy()),
    talk: ping,
    finds: "reset",
  },
  {
    name: "the text just within what is read",
    serve: says(`${"x".repeat(answerLimit - 5)}+PONG`),
    talk: ping,
    finds: "ok",
  },
];

describe("what is said over tcp", () => {
  it.concurrent.each(cases)("$name: $finds", async ({ serve, talk, finds, timeoutMs = patientMs }) => {
    const finding = await withServer(serve, (port) =>
      runCheck({ type: "tcp", host: "127.0.0.1", port, ...talk }, timeoutMs, never()),
    );
    expect(finding.ok ? "ok" : finding.reason).toBe(finds);
  });

  it.each([
    [
      "nobody has sent anything",
      { expect: "220" },
      "accepted the connection and said nothing within 150 ms.",
    ],
    ["something was sent", ping, "answered nothing to what was sent within 150 ms."],
  ] as const)("silence is told as it is when %s", async (_when, talk, words) => {
    const finding = await withServer(
      () => {},
      (port) => runCheck({ type: "tcp", host: "127.0.0.1", port, ...talk }, 150, never()),
    );
    expect(finding).toMatchObject({ reason: "first-byte-timeout", detail: expect.stringContaining(words) });
  });
});

describe("the bytes of a text", () => {
  it.each([
    ["PING\r\n", "50494e470d0a"],
    ["ü", "c3bc"],
    ["hex:00fF", "00ff"],
    ["hex:", ""],
    ["HEX:00", "4845583a3030"],
  ])("%j", (text, hex) => expect(bytesOf(text).toString("hex")).toBe(hex));
});
