/** Loopback only: nothing on a laptop is to be reached from elsewhere. */
export const loopback = "127.0.0.1";

/** A laptop with more busy ports than this in a row has another problem. */
const maxTries = 100;

/**
 * Calls `listen` with the port, then with the next one while it rejects with EADDRINUSE, and returns what it returns.
 * Port 0 lets the system choose. Throws what `listen` threw otherwise.
 */
export async function listenFrom<T>(port: number, listen: (port: number) => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await listen(port);
    } catch (error) {
      if (tries === maxTries || !isBusy(error)) throw error;
      if (port > 0) port++;
    }
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EADDRINUSE";
}
