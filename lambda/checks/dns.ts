import { randomInt } from "node:crypto";
import type { DnsCheck } from "../core/config.ts";
import type { Attempt } from "./attempt.ts";
import { exchangeDatagrams } from "./datagrams.ts";
import { connect, locateFirst, type Means } from "./dial.ts";
import { type DnsAnswer, readAnswer, writeQuery } from "./dns-message.ts";
import { type Failure, isFailure } from "./failure.ts";
import { type Lack, receive } from "./receive.ts";

const malformed: Failure = {
  reason: "bad-response",
  what: "sent something that is no answer to the question",
};
const overTcp: Lack = {
  silent: { reason: "first-byte-timeout", what: "sent no answer over TCP" },
  wrong: { reason: "bad-response", what: "sent no whole answer over TCP" },
};

/** Good when the server answers for the name with the code and the values that are expected. */
export async function checkDns(
  check: DnsCheck,
  attempt: Attempt,
  means: Means,
): Promise<Failure | undefined> {
  const located = await locateFirst(check, attempt, means);
  if (isFailure(located)) return located;
  const answer = await ask(located.address, check, attempt, means);
  return isFailure(answer) ? answer : judge(answer, check);
}

async function ask(
  address: string,
  check: DnsCheck,
  attempt: Attempt,
  means: Means,
): Promise<DnsAnswer | Failure> {
  const query = writeQuery(randomInt(0x10000), check.name, check.recordType);
  const read = (message: Buffer) => readAnswer(message, query, check.recordType);
  const byDatagram = await exchangeDatagrams(address, check.port, query, attempt, (message) => {
    const found = read(message);
    // Perhaps an answer to an earlier probe that had the same port: the right one may follow.
    if (found === "stray") attempt.overdue = malformed;
    return found === "stray" ? undefined : found;
  });
  if (byDatagram === "bad") return malformed;
  if (isFailure(byDatagram) || !byDatagram.truncated) return byDatagram;

  // RFC 7766, 5.
  const socket = await connect(address, check.port, undefined, attempt, means);
  if (isFailure(socket)) return socket;
  socket.write(Buffer.concat([lengthOf(query), query]));
  const byTcp = await receive(socket, attempt, overTcp, (received) => {
    const end = received.length < 2 ? Number.POSITIVE_INFINITY : 2 + received.readUInt16BE(0);
    return received.length < end ? undefined : read(received.subarray(2, end));
  });
  return byTcp === "stray" || byTcp === "bad" || ("truncated" in byTcp && byTcp.truncated)
    ? malformed
    : byTcp;
}

function lengthOf(message: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(message.length);
  return length;
}

/** What is wrong with an answer. */
export function judge({ rcode, values }: DnsAnswer, check: DnsCheck): Failure | undefined {
  const question = `${check.name} ${check.recordType}`;
  const wrong = (what: string): Failure => ({ reason: "dns-wrong-answer", what });
  if (rcode !== check.rcode) return wrong(`answered ${rcode} instead of ${check.rcode} for ${question}`);
  if (rcode !== "NOERROR") return undefined;
  if (values.length === 0) return wrong(`has no ${check.recordType} record for ${check.name}`);
  const missing = check.answers.find((value) => !values.includes(value));
  if (missing !== undefined) return wrong(`answered without ${missing} for ${question}`);
  const isAny = check.anyAnswer.length === 0 || check.anyAnswer.some((value) => values.includes(value));
  return isAny ? undefined : wrong(`answered with none of ${check.anyAnswer.join(", ")} for ${question}`);
}
