import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import type { StartTls } from "../../lambda/core/config.ts";
import { fixture } from "./servers.ts";

type Exchange = readonly [heard: RegExp, said: string];

/** What a server of each protocol says: first by itself, then to what it hears; TLS begins after the last of it. */
const dialogues: Readonly<Record<StartTls, { readonly greeting: string; readonly exchanges: Exchange[] }>> = {
  smtp: {
    greeting: "220-mail.example.test\r\n220 ready\r\n",
    exchanges: [
      [/^EHLO \[[\d.]+\]\r\n$/, "250-mail.example.test\r\n250-STARTTLS\r\n250 SIZE\r\n"],
      [/^STARTTLS\r\n$/, "220 go on\r\n"],
    ],
  },
  imap: {
    greeting: "* OK [CAPABILITY IMAP4rev1 STARTTLS] ready\r\n",
    exchanges: [[/^(\w+) STARTTLS\r\n$/, "* news of something else\r\n$1 OK begin\r\n"]],
  },
  pop3: { greeting: "+OK ready\r\n", exchanges: [[/^STLS\r\n$/, "+OK begin\r\n"]] },
  ftp: { greeting: "220 ready\r\n", exchanges: [[/^AUTH TLS\r\n$/, "234 go on\r\n"]] },
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the request is binary
  postgres: { greeting: "", exchanges: [[/^\x00\x00\x00\x08\x04\xd2\x16\x2f$/, "S"]] },
};

export type Turn = {
  /** What it says instead of agreeing to TLS. */
  readonly instead?: string;
  /** What it says right after it has agreed. */
  readonly more?: string;
  /** Whether it goes on in plain text. */
  readonly plain?: boolean;
  /** The certificate it shows. */
  readonly shows?: string;
};

/** A server of `protocol` that goes over to TLS on request and then greets once more. */
export const startTlsServer =
  (protocol: StartTls, turn: Turn = {}) =>
  (socket: Socket) => {
    const { greeting, exchanges } = dialogues[protocol];
    const rest = [...exchanges];
    const agree = (text: string) => {
      if (turn.instead !== undefined) return void socket.write(turn.instead);
      socket.write(text + (turn.more ?? ""));
      if (!turn.plain) secure(socket, turn.shows ?? "good");
    };
    socket.write(greeting);
    socket.on("data", (bytes) => {
      const heard = bytes.toString("latin1");
      const [wanted, said] = rest.shift() ?? [/^$/, ""];
      if (!wanted.test(heard)) socket.end("500 what?\r\n");
      else if (rest.length > 0) socket.write(said);
      else agree(heard.replace(wanted, said));
    });
  };

function secure(socket: Socket, shows: string): void {
  socket.removeAllListeners("data");
  const options = { cert: fixture(`${shows}.crt`), key: fixture(`${shows}.key`) };
  const secured = new TLSSocket(socket, { isServer: true, ...options });
  secured.on("error", () => {});
  secured.once("secure", () => secured.write("220 secured\r\n"));
  secured.resume();
}
