import { createSocket } from "node:dgram";
import { isIPv6 } from "node:net";
import { type Attempt, enter } from "./attempt.ts";
import { type Failure, failureOf } from "./failure.ts";

const silent: Failure = { reason: "first-byte-timeout", what: "sent no answer" };

// A lost datagram is nobody's failure; within the usual time-out of 3 s it is sent three times.
const againMs = 1_000;

// Whoever sends more of what nobody asked for is not listened to any longer.
const strayLimit = 100;

/** Judges one datagram; without an outcome the next one is waited for. */
export type Judge<Outcome> = (message: Buffer) => Outcome | undefined;

/**
 * Sends a datagram to an address that `locate` has judged, and again every second, until `judge` knows the outcome.
 * The socket is connected: it hears that address and port only, and that the port is closed.
 */
export function exchangeDatagrams<Outcome>(
  address: string,
  port: number,
  datagram: Buffer,
  attempt: Attempt,
  judge: Judge<Outcome>,
): Promise<Outcome | Failure> {
  const socket = createSocket(isIPv6(address) ? "udp6" : "udp4");
  enter(attempt, "first-byte");
  attempt.overdue = silent;
  return new Promise((resolve) => {
    let again: NodeJS.Timeout | undefined;
    let closed = false;
    const close = () => {
      if (closed) return;
      closed = true;
      clearInterval(again);
      socket.close();
    };
    const settle = (outcome: Outcome | Failure) => {
      close();
      attempt.overdue = undefined;
      resolve(outcome);
    };
    attempt.socket = { destroy: close };
    const send = () => socket.send(datagram);
    socket.on("connect", () => {
      if (closed) return;
      send();
      again = setInterval(send, againMs);
    });
    let strays = 0;
    socket.on("message", (message) => {
      const outcome = judge(message);
      strays += 1;
      if (outcome !== undefined) settle(outcome);
      else if (strays === strayLimit) settle(attempt.overdue ?? silent);
    });
    socket.on("error", (error) => settle(failureOf(error, attempt.phase)));
    socket.connect(port, address);
  });
}
