import type { Socket } from "node:net";

/** One probe by hand, on a socket that was just opened: the least that this runtime can do. */
export function bareProbe(socket: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    let text = "";
    socket.setEncoding("latin1");
    socket.on("data", (chunk: string) => {
      text += chunk;
    });
    socket.on("end", () => {
      socket.destroy();
      if (text.startsWith("HTTP/1.1 200")) resolve();
      else reject(new Error(`the bench's own target answered ${JSON.stringify(text.slice(0, 20))}`));
    });
    socket.on("error", reject);
    socket.write("GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  });
}
