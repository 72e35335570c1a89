import type { Socket } from "node:net";

// Whole frames as they go over the wire (RFC 9113, 4.1 and 6), in hex.
export const settings = "000000040000000000";
export const pings = "0000080600000000000000000000000000";
/** The status 103 for the first stream of a client, without an index (RFC 7541, 6.2.2). */
export const earlyHints = "0000050104000000010803313033";

/** Greets by HTTP/2 and sends this frame again and again, as fast as the connection takes it. */
export const repeatsFrame = (frame: string) => (socket: Socket) => {
  socket.write(Buffer.from(settings, "hex"));
  const block = Buffer.from(frame.repeat(500), "hex");
  const send = () => {
    while (socket.writable && socket.write(block));
  };
  socket.on("drain", send);
  send();
};
