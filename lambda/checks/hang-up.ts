import type { Socket } from "node:net";

/**
 * Ends a connection in good order, with some last bytes: the peer sees the end of a conversation, and of a TLS
 * handshake, where a mere close would leave an error in its log.
 */
export const hangUp = (socket: Socket, last: Buffer = Buffer.alloc(0)): Promise<undefined> =>
  new Promise((resolve) => {
    socket.once("close", () => resolve(undefined));
    socket.end(last, () => resolve(undefined));
  });
