import type { TcpCheck } from "../core/config.ts";
import type { Attempt } from "./attempt.ts";
import { dial, type Means } from "./dial.ts";
import { type Failure, isFailure } from "./failure.ts";
import { talk } from "./talk.ts";

/** Good when the port accepts a connection and, where something is expected, answers with it. */
export async function checkTcp(
  check: TcpCheck,
  attempt: Attempt,
  means: Means,
): Promise<Failure | undefined> {
  const place = { host: check.host, port: check.port, word: "config" } as const;
  const socket = await dial(place, undefined, attempt, means);
  return isFailure(socket) ? socket : await talk(socket, check, attempt);
}
