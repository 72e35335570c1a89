import { createSocket, type Socket as UdpSocket } from "node:dgram";
import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { reply } from "./dns-message.ts";
import { listenFrom, loopback } from "./listen.ts";
import type { Zone } from "./zone.ts";

export type DnsServer = {
  /** UDP and TCP, on 127.0.0.1. */
  readonly port: number;
  close(): Promise<void>;
};

/** A client that says nothing for so long on a TCP connection is let go (RFC 7766, 6.2.3: a few seconds). */
const idleMs = 10_000;

/**
 * A DNS server on UDP and TCP that answers from `zones()`, asked anew for each query. A busy port gives way to the
 * next one; the one it got is in `port`. 0 lets the system choose. Of weighted sets `random` (0 to less than 1) chooses.
 */
export async function openDnsServer(
  zones: () => readonly Zone[],
  port = 5300,
  random: () => number = Math.random,
): Promise<DnsServer> {
  const { udp, tcp } = await listenFrom(port, bindBoth);
  const connections = new Set<Socket>();
  const answerTo: AnswerTo = (message, over) => reply(message, zones(), over, random);
  serveUdp(udp, answerTo);
  tcp.on("connection", (socket) => {
    connections.add(socket);
    socket.once("close", () => connections.delete(socket));
    serveTcp(socket, answerTo);
  });
  return {
    port: udp.address().port,
    async close() {
      for (const socket of connections) socket.destroy();
      const closed = [once(udp, "close"), once(tcp, "close")];
      udp.close();
      tcp.close();
      await Promise.all(closed);
    },
  };
}

/** Both on the same port, or neither. */
async function bindBoth(port: number): Promise<{ udp: UdpSocket; tcp: Server }> {
  const tcp = createServer();
  tcp.listen(port, loopback);
  await once(tcp, "listening");
  const address = tcp.address();
  const udp = createSocket("udp4");
  try {
    udp.bind(typeof address === "object" && address ? address.port : port, loopback);
    await once(udp, "listening");
    return { udp, tcp };
  } catch (error) {
    udp.close();
    tcp.close();
    throw error;
  }
}

type AnswerTo = (message: Buffer, over: "udp" | "tcp") => Buffer | undefined;

function serveUdp(udp: UdpSocket, answerTo: AnswerTo): void {
  // A client that is gone by the time of its answer is no concern of ours.
  udp.on("error", () => {});
  udp.on("message", (message, from) => {
    const answer = from.port > 0 ? answerTo(message, "udp") : undefined;
    if (answer) udp.send(answer, from.port, from.address, () => {});
  });
}

/** Messages on TCP follow one another, each after two bytes that say its length (RFC 1035, 4.2.2). */
function serveTcp(socket: Socket, answerTo: AnswerTo): void {
  let pending = Buffer.alloc(0);
  socket.on("error", () => socket.destroy());
  socket.setTimeout(idleMs, () => socket.destroy());
  socket.on("data", (data) => {
    pending = Buffer.concat([pending, data]);
    while (pending.length >= 2 && pending.length >= 2 + pending.readUInt16BE(0)) {
      const end = 2 + pending.readUInt16BE(0);
      const answer = answerTo(pending.subarray(2, end), "tcp");
      if (!answer) return socket.destroy();
      socket.write(Buffer.concat([lengthPrefix(answer), answer]));
      pending = pending.subarray(end);
    }
    return undefined;
  });
}

function lengthPrefix(message: Buffer): Buffer {
  const prefix = Buffer.alloc(2);
  prefix.writeUInt16BE(message.length);
  return prefix;
}
