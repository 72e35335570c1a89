import { createHash, randomBytes } from "node:crypto";
import type { Socket } from "node:net";
import type { WebsocketCheck } from "../core/config.ts";
import type { Attempt } from "./attempt.ts";
import { bytesOf } from "./bytes.ts";
import { dial, type Means } from "./dial.ts";
import { type Failure, isFailure } from "./failure.ts";
import { hangUp } from "./hang-up.ts";
import { type Head, parseHead } from "./http-head.ts";
import { refusals } from "./http-judge.ts";
import { firstHop, type Hop, userAgent } from "./http-request.ts";
import { collectHead } from "./http-response.ts";
import { type Lack, receive } from "./receive.ts";
import { closeFrame, type Heard, messageFrame, readFrames } from "./websocket-frames.ts";

// Each ping is answered, which costs more than sending one; nobody who is well has a reason for as many in seconds.
const pingLimit = 100;

const bad = (what: string): Failure => ({ reason: "bad-response", what });
const onUpgrade: Lack = {
  silent: { reason: "first-byte-timeout", what: "took the request and sent nothing" },
  wrong: bad("sent no whole answer to the request"),
};
const onMessage: Lack = {
  silent: { reason: "first-byte-timeout", what: "went over to WebSocket and sent nothing" },
  wrong: { reason: "answer-mismatch", what: "sent no message with the expected text" },
};

/** Good when the server goes over to WebSocket and, where a message is expected, sends one that has the text. */
export async function checkWebsocket(
  check: WebsocketCheck,
  attempt: Attempt,
  means: Means,
): Promise<Failure | undefined> {
  // The upgrade is asked for by an http request.
  const url = check.url.replace(/^ws/i, "http");
  const hop = firstHop({ ...check, type: "http", url, method: "GET", status: [], redirects: 0 });
  if (isFailure(hop)) return hop;
  const socket = await dial(hop.place, hop.tls, attempt, means);
  if (isFailure(socket)) return socket;
  const failure = (await upgrade(socket, hop, attempt)) ?? (await converse(socket, check, attempt));
  return failure ?? (await hangUp(socket, closeFrame()));
}

async function upgrade(socket: Socket, hop: Hop, attempt: Attempt): Promise<Failure | undefined> {
  const key = randomBytes(16).toString("base64");
  socket.write(writeUpgrade(hop, key), "latin1");
  const heads = collectHead();
  const answer = await receive(socket, attempt, onUpgrade, (received, seen) =>
    heads.push(received.subarray(seen)),
  );
  if (isFailure(answer)) return answer;
  // What has come behind the head is already WebSocket's.
  socket.unshift(answer.rest);
  const head = parseHead(answer.text, "GET");
  return isFailure(head) ? head : judgeUpgrade(head, key);
}

function writeUpgrade({ url, headers }: Hop, key: string): string {
  const fields = {
    host: url.host,
    "user-agent": userAgent,
    ...headers,
    connection: "Upgrade",
    upgrade: "websocket",
    "sec-websocket-version": "13",
    "sec-websocket-key": key,
  };
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  return `GET ${url.pathname}${url.search} HTTP/1.1\r\n${lines.join("")}\r\n`;
}

/** RFC 6455, 4.1. */
function judgeUpgrade({ status, headers }: Head, key: string): Failure | undefined {
  if (refusals.has(status))
    return { reason: "refused-to-us", what: `answered ${status}: it does not let us in` };
  if (status !== 101) return { reason: "status-unexpected", what: `answered ${status} instead of 101` };
  const accept = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
  if (headers.get("sec-websocket-accept") !== accept)
    return bad("answered 101 with a wrong Sec-WebSocket-Accept");
  const goesOver = headers.get("upgrade")?.toLowerCase() === "websocket";
  return goesOver ? undefined : bad("answered 101 and went over to something else");
}

async function converse(
  socket: Socket,
  { send, expect }: WebsocketCheck,
  attempt: Attempt,
): Promise<Failure | undefined> {
  if (send !== undefined) socket.write(messageFrame(bytesOf(send), !send.startsWith("hex:")));
  if (expect === undefined) return undefined;
  const wanted = bytesOf(expect);
  const next = readFrames();
  let pings = 0;
  const judge = (heard: Heard | "bad"): "good" | Failure | undefined => {
    if (heard === "bad") return bad("broke the framing of WebSocket");
    if (heard.kind === "close")
      return { reason: "closed-early", what: "closed the conversation before the expected message" };
    if (heard.kind === "ping") {
      pings += 1;
      if (pings > pingLimit) return bad("sent pings without end");
      socket.write(heard.answer);
    }
    return heard.kind === "message" && heard.payload.includes(wanted) ? "good" : undefined;
  };
  const heard = await receive(socket, attempt, onMessage, (received) => {
    for (let one = next(received); one !== undefined; one = next(received)) {
      const verdict = judge(one);
      if (verdict !== undefined) return verdict;
    }
    return undefined;
  });
  return heard === "good" ? undefined : heard;
}
