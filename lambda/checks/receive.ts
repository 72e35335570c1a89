import type { Socket } from "node:net";
import { type Attempt, enter } from "./attempt.ts";
import { calledOff, type Failure, failureOf } from "./failure.ts";

/** More than any greeting or answer worth waiting for, in bytes; no more of one is kept. */
export const answerLimit = 64 * 1024;

/** What to say when nothing comes, and when something comes that does not have what was wanted. */
export type Lack = { readonly silent: Failure; readonly wrong: Failure };

/** Shown everything received so far, of which `seen` bytes were shown before; the outcome once it is known. */
export type Listen<Outcome> = (received: Buffer, seen: number) => Outcome | undefined;

const closedEarly: Failure = { reason: "closed-early", what: "closed the connection and said nothing" };

/**
 * Reads until `listen` knows the outcome, the peer ends, or `answerLimit` is reached; then the socket is paused. The
 * deadline, too, says by `lack` what it found.
 */
export function receive<Outcome>(
  socket: Socket,
  attempt: Attempt,
  lack: Lack,
  listen: Listen<Outcome>,
): Promise<Outcome | Failure> {
  if (socket.destroyed) {
    return Promise.resolve(socket.errored ? failureOf(socket.errored, attempt.phase) : closedEarly);
  }
  enter(attempt, "first-byte");
  const received = grow();
  attempt.overdue = lack.silent;
  return new Promise((resolve) => {
    const settle = (outcome: Outcome | Failure) => {
      socket.off("data", take).off("end", end).off("error", fail).off("close", close).pause();
      attempt.overdue = undefined;
      resolve(outcome);
    };
    const take = (bytes: Buffer) => {
      enter(attempt, "body");
      attempt.overdue = lack.wrong;
      const seen = received.bytes().length;
      received.add(bytes);
      const outcome = listen(received.bytes(), seen);
      if (outcome !== undefined) settle(outcome);
      else if (received.bytes().length > answerLimit) settle(lack.wrong);
    };
    const end = () => settle(received.bytes().length === 0 ? closedEarly : lack.wrong);
    const fail = (error: Error) => settle(failureOf(error, attempt.phase));
    const close = () => settle(calledOff);
    socket.on("data", take).on("end", end).on("error", fail).on("close", close).resume();
  });
}

/** Bytes that are added to without copying all of them each time. */
function grow(): { readonly bytes: () => Buffer; readonly add: (piece: Buffer) => void } {
  let store = Buffer.alloc(0);
  let length = 0;
  return {
    bytes: () => store.subarray(0, length),
    add: (piece) => {
      if (length + piece.length > store.length) {
        const larger = Buffer.allocUnsafe(Math.max(length + piece.length, 2 * store.length));
        store.copy(larger, 0, 0, length);
        store = larger;
      }
      piece.copy(store, length);
      length += piece.length;
    },
  };
}
