import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { once } from "node:events";

/** What a server does with a datagram. */
export type Serve = (message: Buffer, socket: Socket, from: RemoteInfo) => void;

/** Answers with this. */
export const replies =
  (...answers: (string | Buffer)[]): Serve =>
  (_message, socket, from) => {
    for (const answer of answers) socket.send(answer, from.port, from.address);
  };

/** Runs `use` against a UDP server on loopback. */
export async function withDatagrams<T>(serve: Serve, use: (port: number) => Promise<T>): Promise<T> {
  const socket = createSocket("udp4", (message, from) => serve(message, socket, from));
  // A probe is gone when it has heard enough.
  socket.on("error", () => {});
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  try {
    return await use(socket.address().port);
  } finally {
    socket.close();
  }
}
