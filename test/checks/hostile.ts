import type { Socket } from "node:net";

/** Ways for a server to misbehave, from the moment a client is connected, whatever the protocol. */
export type Hostility = "says nothing" | "drips" | "talks nonsense" | "closes at once" | "resets" | "floods";

/** Whether only the deadline ends a probe of it. */
export const endless: Readonly<Record<Hostility, boolean>> = {
  "says nothing": true,
  drips: true,
  "talks nonsense": true,
  "closes at once": false,
  resets: false,
  floods: false,
};

const junk = Buffer.from("\xff\x00no protocol\xfe\r\nat all\r\n", "latin1");

/** What such a server does to a connection. */
export const hostile: Readonly<Record<Hostility, (socket: Socket) => void>> = {
  "says nothing": () => {},
  // One byte at a time, as slowly as the test can wait for.
  drips: (socket) => {
    const timer = setInterval(() => socket.write("x"), 20);
    socket.once("close", () => clearInterval(timer));
  },
  "talks nonsense": (socket) => socket.write(junk),
  "closes at once": (socket) => socket.end(),
  // Once the client surely knows that it is connected.
  resets: (socket) => void setTimeout(() => socket.resetAndDestroy(), 20),
  floods: (socket) => {
    const block = Buffer.alloc(64 * 1024, junk);
    const send = () => {
      while (socket.writable && socket.write(block));
    };
    socket.on("drain", send);
    send();
  },
};
