import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { serveLoopback } from "./loopback-server.ts";
import { asPublished, type Published } from "./sns-message.ts";

/** Something that goes wrong with publishing: before the message is taken, or after, when only the answer is lost. */
export type SnsFault = { readonly when: "before" | "after"; readonly times?: number };

/** Somebody subscribed to the topic: an ARN once confirmed, `PendingConfirmation` before, `Deleted` for a while after. */
export type Subscription = {
  readonly arn: string;
  readonly protocol: string;
  readonly endpoint: string;
};

export type Sns = {
  /** For `AWS_ENDPOINT_URL_SNS`. */
  readonly url: string;
  /** Who is subscribed from now on. It changes nothing about what is published: nobody is sent anything. */
  setSubscriptions(subscriptions: readonly Subscription[]): void;
  /** Everything published, oldest first. */
  published(): readonly Published[];
  failNext(fault: SnsFault): void;
  close(): Promise<void>;
};

type Parts = {
  readonly topicArn: string;
  readonly subscriptions: () => readonly Subscription[];
  readonly take: (published: Published) => void;
  readonly nextFault: () => SnsFault["when"] | undefined;
  readonly now: () => number;
};

type Reply = { readonly status: number; readonly body: string };

/**
 * SNS's query API with one topic (API_Publish, API_ListSubscriptionsByTopic). What is published is kept and handed on
 * instead of sent.
 */
export async function openSns(
  topicArn: string,
  onPublish: (published: Published) => void = () => {},
  now: () => number = Date.now,
): Promise<Sns> {
  const kept: Published[] = [];
  const faults: SnsFault["when"][] = [];
  let subscriptions: readonly Subscription[] = [];
  const take = (published: Published) => {
    kept.push(published);
    onPublish(published);
  };
  const nextFault = () => faults.shift();
  const parts: Parts = { topicArn, subscriptions: () => subscriptions, take, nextFault, now };
  const server = await serveLoopback((request, response) => {
    answer(request, response, parts).catch(() => request.socket.destroy());
  });
  return {
    url: server.url,
    setSubscriptions: (now) => {
      subscriptions = now;
    },
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
  const action = parameters.get("Action") ?? "";
  const run = actions[action];
  if (!run) return failure(400, "InvalidAction", `${action} is not served here`);
  if (parameters.get("TopicArn") !== parts.topicArn) return failure(404, "NotFound", "Topic does not exist");
  return run(parameters, parts);
}

const actions: Readonly<Record<string, (parameters: URLSearchParams, parts: Parts) => Reply>> = {
  Publish: (parameters, parts) => {
    const fault = parts.nextFault();
    if (fault === "before") return failure(500, "InternalError", "told to fail before");
    const published = asPublished(parameters, parts.now(), randomUUID());
    if (typeof published === "string") return failure(400, "InvalidParameter", published);
    parts.take(published);
    if (fault === "after") return failure(500, "InternalError", "told to fail after");
    return success("Publish", `<MessageId>${published.messageId}</MessageId>`);
  },
  ListSubscriptionsByTopic: (parameters, { subscriptions, topicArn }) => {
    const from = Number(parameters.get("NextToken") ?? 0);
    const page = subscriptions().slice(from, from + pageSize);
    const members = page.map((each) => memberOf(each, topicArn)).join("");
    const next = from + pageSize < subscriptions().length ? `<NextToken>${from + pageSize}</NextToken>` : "";
    return success("ListSubscriptionsByTopic", `<Subscriptions>${members}</Subscriptions>${next}`);
  },
};

/** API_ListSubscriptionsByTopic: "a limited list of subscriptions, up to 100". */
const pageSize = 100;

const memberOf = ({ arn, protocol, endpoint }: Subscription, topicArn: string): string =>
  `<member><SubscriptionArn>${escapeXml(arn)}</SubscriptionArn><Owner>${topicArn.split(":")[4]}</Owner>` +
  `<Protocol>${escapeXml(protocol)}</Protocol><Endpoint>${escapeXml(endpoint)}</Endpoint>` +
  `<TopicArn>${topicArn}</TopicArn></member>`;

const namespace = "http://sns.amazonaws.com/doc/2010-03-31/";

const success = (action: string, result: string): Reply => ({
  status: 200,
  body:
    `<${action}Response xmlns="${namespace}"><${action}Result>${result}</${action}Result>` +
    `<ResponseMetadata><RequestId>${randomUUID()}</RequestId></ResponseMetadata></${action}Response>`,
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
