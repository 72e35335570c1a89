import type { TcpCheck } from "../core/config.ts";
import type { Attempt } from "./attempt.ts";
import { dial, type Means } from "./dial.ts";
import { type Failure, isFailure } from "./failure.ts";

/** Good when the port accepts a connection. */
export async function checkTcp(
  check: TcpCheck,
  attempt: Attempt,
  means: Means,
): Promise<Failure | undefined> {
  const socket = await dial(
    { host: check.host, port: check.port, word: "config" },
    undefined,
    attempt,
    means,
  );
  return isFailure(socket) ? socket : undefined;
}
