import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { serveLoopback } from "./loopback-server.ts";
import { asPublished, type Published } from "./sns-message.ts";

/** Something that goes wrong with publishing: before the message is taken, or after, when only the answer is lost. */
export type SnsFault = { readonly when: "before" | "after"; readonly times?: number };

export type Sns = {
  /** For `AWS_ENDPOINT_URL_SNS`. */
  readonly url: string;
  /** Everything published, oldest first. */
  published(): readonly Published[];
  failNext(fault: SnsFault): void;
  close(): Promise<void>;
};

type Parts = {
  readonly topicArn: string;
  readonly take: (published: Published) => void;
  readonly nextFault: () => SnsFault["when"] | undefined;
  readonly now: () => number;
};

type Reply = { readonly status: number; readonly body: string };

/** SNS's query API with one topic (API_Publish). What is published is kept and handed on instead of sent. */
export async function openSns(
  topicArn: string,
  onPublish: (published: Published) => void = () => {},
  now: () => number = Date.now,
): Promise<Sns> {
  const kept: Published[] = [];
  const faults: SnsFault["when"][] = [];
  const take = (published: Published) => {
    kept.push(published);
    onPublish(published);
  };
  const parts: Parts = { topicArn, take, nextFault: () => faults.shift(), now };
  const server = await serveLoopback((request, response) => {
    answer(request, response, parts).catch(() => request.socket.destroy());
  });
  return {
    url: server.url,
    published: () => kept,
    failNext: ({ when, times = 1 }) => {
      faults.push(...Array.from({ length: times }, () => when));
    },
    close: server.close,
  };
}

async function answer(request: IncomingMessage, response: ServerResponse, parts: Parts): Promise<void> {
  const reply = replyTo(new URLSearchParams(await text(request)), parts);
  response.writeHead(reply.status, { "content-type": "text/xml" });
  response.end(reply.body);
}

function replyTo(parameters: URLSearchParams, parts: Parts): Reply {
  const action = parameters.get("Action");
  if (action !== "Publish") return failure(400, "InvalidAction", `${action} is not served here`);
  if (parameters.get("TopicArn") !== parts.topicArn) return failure(404, "NotFound", "Topic does not exist");
  const fault = parts.nextFault();
  if (fault === "before") return failure(500, "InternalError", "told to fail before");
  const published = asPublished(parameters, parts.now(), randomUUID());
  if (typeof published === "string") return failure(400, "InvalidParameter", published);
  parts.take(published);
  if (fault === "after") return failure(500, "InternalError", "told to fail after");
  return success(published.messageId);
}

const namespace = "http://sns.amazonaws.com/doc/2010-03-31/";

const success = (messageId: string): Reply => ({
  status: 200,
  body:
    `<PublishResponse xmlns="${namespace}"><PublishResult><MessageId>${messageId}</MessageId></PublishResult>` +
    `<ResponseMetadata><RequestId>${randomUUID()}</RequestId></ResponseMetadata></PublishResponse>`,
});

const failure = (status: number, code: string, message: string): Reply => ({
  status,
  body:
    `<ErrorResponse xmlns="${namespace}"><Error><Type>${status < 500 ? "Sender" : "Receiver"}</Type>` +
    `<Code>${code}</Code><Message>${escapeXml(message)}</Message></Error>` +
    `<RequestId>${randomUUID()}</RequestId></ErrorResponse>`,
});

const escapeXml = (value: string): string =>
  value.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
