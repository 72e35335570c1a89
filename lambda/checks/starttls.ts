import { isIPv6, type Socket } from "node:net";
import type { StartTls } from "../core/config.ts";
import type { Attempt } from "./attempt.ts";
import type { Failure } from "./failure.ts";
import { type Listen, receive } from "./receive.ts";

/** What an answer comes to; `early`: more was said than TLS may be begun after. */
type Heard = "yes" | "no" | "early";

type Step = {
  readonly say?: string | Buffer;
  readonly hear: Listen<Heard>;
  /** The failure when anything but the wanted answer comes. */
  readonly no: Failure;
};

/** Goes through what a protocol has before TLS; afterwards the handshake can begin. */
export async function startTls(
  socket: Socket,
  protocol: StartTls,
  attempt: Attempt,
): Promise<Failure | undefined> {
  for (const { say, hear, no } of dialogues[protocol](socket)) {
    if (say !== undefined) socket.write(say);
    const silent: Failure = {
      reason: "first-byte-timeout",
      what: say === undefined ? "accepted the connection and said nothing" : "left a command unanswered",
    };
    const heard = await receive(socket, attempt, { silent, wrong: no }, hear);
    if (heard === "no") return no;
    // Whoever sits in between could put commands before the handshake (CVE-2011-0411).
    if (heard === "early")
      return { reason: "bad-response", what: "said more in plain text than was asked for" };
    if (heard !== "yes") return heard;
  }
  return undefined;
}

/** A line, without its end, decides or lets wait for the next one. */
function byLine(judge: (line: string) => Heard | undefined): Listen<Heard> {
  let from = 0;
  return (received) => {
    for (let end = received.indexOf(10, from); end !== -1; end = received.indexOf(10, from)) {
      const heard = judge(received.toString("latin1", from, end).replace(/\r$/, ""));
      from = end + 1;
      if (heard !== undefined) return heard === "yes" && from < received.length ? "early" : heard;
    }
    return undefined;
  };
}

/** RFC 5321, 4.2.1 and RFC 959, 4.2: `220 text`, after any number of lines `220-text`. */
const code = (wanted: string) =>
  byLine((line) => {
    if (line.startsWith(`${wanted}-`)) return undefined;
    return line === wanted || line.startsWith(`${wanted} `) ? "yes" : "no";
  });

const start = (wanted: string) => byLine((line) => (line.startsWith(wanted) ? "yes" : "no"));

/** RFC 3501, 7: other news may stand before the answer to a command. */
const tagged = (wanted: string) =>
  byLine((line) => (line.startsWith("* ") ? undefined : line.startsWith(wanted) ? "yes" : "no"));

const letter =
  (wanted: string): Listen<Heard> =>
  (received) => {
    if (received.toString("latin1", 0, 1) !== wanted) return "no";
    return received.length > 1 ? "early" : "yes";
  };

const greeting = (protocol: string): Failure => ({
  reason: "answer-mismatch",
  what: `did not greet as a server of ${protocol} that is ready`,
});
const refusal = (command: string): Failure => ({
  reason: "starttls-refused",
  what: `did not agree to ${command}`,
});

/** RFC 5321, 4.1.3: a client without a name of its own gives its address. */
const addressLiteral = ({ localAddress = "" }: Socket): string =>
  isIPv6(localAddress) ? `[IPv6:${localAddress}]` : `[${localAddress}]`;

// SSLRequest, https://www.postgresql.org/docs/current/protocol-message-formats.html
const sslRequest = Buffer.from("0000000804d2162f", "hex");

const dialogues: Readonly<Record<StartTls, (socket: Socket) => readonly Step[]>> = {
  // RFC 3207
  smtp: (socket) => [
    { hear: code("220"), no: greeting("SMTP") },
    { say: `EHLO ${addressLiteral(socket)}\r\n`, hear: code("250"), no: refusal("EHLO") },
    { say: "STARTTLS\r\n", hear: code("220"), no: refusal("STARTTLS") },
  ],
  // RFC 2595, 3
  imap: () => [
    { hear: start("* OK"), no: greeting("IMAP") },
    { say: "a STARTTLS\r\n", hear: tagged("a OK"), no: refusal("STARTTLS") },
  ],
  // RFC 2595, 4
  pop3: () => [
    { hear: start("+OK"), no: greeting("POP3") },
    { say: "STLS\r\n", hear: start("+OK"), no: refusal("STLS") },
  ],
  // RFC 4217
  ftp: () => [
    { hear: code("220"), no: greeting("FTP") },
    { say: "AUTH TLS\r\n", hear: code("234"), no: refusal("AUTH TLS") },
  ],
  postgres: () => [{ say: sslRequest, hear: letter("S"), no: refusal("TLS") }],
};
