import type { Socket } from "node:net";
import type { Talk } from "../core/config.ts";
import type { Attempt } from "./attempt.ts";
import { bytesOf } from "./bytes.ts";
import type { Failure } from "./failure.ts";
import { type Lack, receive } from "./receive.ts";

const wrong: Failure = { reason: "answer-mismatch", what: "answered without the expected text" };
const onConnect: Lack = {
  silent: { reason: "first-byte-timeout", what: "accepted the connection and said nothing" },
  wrong,
};
const onSend: Lack = {
  silent: { reason: "first-byte-timeout", what: "answered nothing to what was sent" },
  wrong,
};

/** Waits for the banner, sends, waits for the answer, as far as each is asked for. */
export async function talk(socket: Socket, check: Talk, attempt: Attempt): Promise<Failure | undefined> {
  if (check.banner !== undefined) {
    const failure = await hear(socket, check.banner, onConnect, attempt);
    if (failure !== undefined) return failure;
  }
  if (check.send !== undefined) socket.write(bytesOf(check.send));
  if (check.expect === undefined) return undefined;
  return await hear(socket, check.expect, check.send === undefined ? onConnect : onSend, attempt);
}

async function hear(
  socket: Socket,
  text: string,
  lack: Lack,
  attempt: Attempt,
): Promise<Failure | undefined> {
  const wanted = bytesOf(text);
  const heard = await receive(socket, attempt, lack, (received, seen) =>
    // The text may have begun in what was seen before.
    received.includes(wanted, Math.max(0, seen - wanted.length + 1)) ? "heard" : undefined,
  );
  return heard === "heard" ? undefined : heard;
}
