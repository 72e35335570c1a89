import type { UdpCheck } from "../core/config.ts";
import type { Attempt } from "./attempt.ts";
import { bytesOf } from "./bytes.ts";
import { exchangeDatagrams } from "./datagrams.ts";
import { locateFirst, type Means } from "./dial.ts";
import { type Failure, isFailure } from "./failure.ts";

const wrong: Failure = { reason: "answer-mismatch", what: "answered without the expected text" };

/** Good when a datagram is answered, and the first answer has the text that is expected, if one is. */
export async function checkUdp(
  check: UdpCheck,
  attempt: Attempt,
  means: Means,
): Promise<Failure | undefined> {
  const located = await locateFirst(check, attempt, means);
  if (isFailure(located)) return located;
  const expected = bytesOf(check.expect ?? "");
  const answered = await exchangeDatagrams(
    located.address,
    check.port,
    bytesOf(check.send),
    attempt,
    (message) => (message.includes(expected) ? "good" : wrong),
  );
  return answered === "good" ? undefined : answered;
}
