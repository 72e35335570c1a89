import {
  ListSubscriptionsByTopicCommand,
  PublishCommand,
  type PublishCommandInput,
  SNSClient,
} from "@aws-sdk/client-sns";
import { afterEach, expect, test } from "vitest";
import { openTopic } from "../../lambda/aws/topic.ts";
import { clientOf, forgetAws } from "../../local/aws-environment.ts";
import { openSns, type Sns } from "../../local/sns.ts";

forgetAws(process.env);

const TopicArn = "arn:aws:sns:eu-central-1:000000000000:alerts";
let sns: Sns | undefined;

afterEach(() => sns?.close());

const heard: string[] = [];

async function open(): Promise<{ sns: Sns; client: SNSClient }> {
  heard.length = 0;
  sns = await openSns(TopicArn, ({ messageId }) => heard.push(messageId));
  return { sns, client: new SNSClient({ ...clientOf("eu-central-1", sns.url), maxAttempts: 1 }) };
}

async function publish(input: Partial<PublishCommandInput>) {
  const { client } = await open();
  return client.send(new PublishCommand({ TopicArn, Message: "text", ...input }));
}

test("an alert of the product arrives with a text for each protocol and its attributes", async () => {
  const { sns, client } = await open();
  await openTopic(
    client,
    TopicArn,
  )({
    id: "shop/failover/1",
    subject: "[critical] shop.example.com moved to ireland",
    text: "for people & <others>\nin two lines",
    line: "in short",
    json: '{"kind":"failover"}',
    attributes: { event: "failover", service: "shop", severity: "critical" },
  });
  expect(sns.published()).toMatchObject([
    {
      subject: "[critical] shop.example.com moved to ireland",
      texts: {
        default: '{"kind":"failover"}',
        email: "for people & <others>\nin two lines",
        sms: "in short",
      },
      attributes: { id: "shop/failover/1", event: "failover", service: "shop", severity: "critical" },
    },
  ]);
  expect(heard).toEqual([sns.published()[0]?.messageId]);
});

test("a plain message is everybody's", async () => {
  const { MessageId } = await publish({ Message: "hello" });
  expect(sns?.published()).toMatchObject([{ messageId: MessageId, texts: { default: "hello" } }]);
});

// API_Publish, Subject.
test.each([
  ["of 99 characters", "x".repeat(99), true],
  ["of 100 characters", "x".repeat(100), false],
  ["with a line break", "two\nlines", false],
  ["with a control character", "a\u0007", false],
  ["that is not ASCII", "größer", false],
  ["that begins with a space", " x", false],
  ["that begins with punctuation", "[critical] x", true],
])("a subject %s", async (_, Subject, isFine) => {
  const sent = publish({ Subject });
  if (isFine) await expect(sent).resolves.toBeDefined();
  else
    await expect(sent).rejects.toMatchObject({
      name: "InvalidParameterException",
      message: "Invalid parameter: Subject",
    });
  expect(sns?.published()).toHaveLength(isFine ? 1 : 0);
});

// API_Publish, Message and MessageStructure.
test.each<[string, Partial<PublishCommandInput>, RegExp]>([
  ["without a default text", { MessageStructure: "json", Message: '{"email":"x"}' }, /No default entry/],
  ["whose JSON is broken", { MessageStructure: "json", Message: "{" }, /failed to parse/],
  ["that is empty", { Message: "" }, /Empty message/],
  ["of more than 256 KB", { Message: "x".repeat(262_145) }, /Message too long/],
])("a message %s is refused", async (_, input, why) => {
  await expect(publish(input)).rejects.toThrow(why);
});

test("an unknown topic is not found", async () => {
  await expect(publish({ TopicArn: `${TopicArn}-other` })).rejects.toMatchObject({
    name: "NotFoundException",
  });
});

test.each([
  ["before", 0],
  ["after", 1],
] as const)("told to fail %s, it has taken %i messages, and then works again", async (when, taken) => {
  const { sns, client } = await open();
  sns.failNext({ when });
  const send = () => client.send(new PublishCommand({ TopicArn, Message: "text" }));
  await expect(send()).rejects.toThrow(`told to fail ${when}`);
  expect(sns.published()).toHaveLength(taken);
  await send();
  expect(sns.published()).toHaveLength(taken + 1);
});

// API_ListSubscriptionsByTopic.
test("subscriptions come in pages of 100, each with its owner and topic", async () => {
  const { sns, client } = await open();
  const subscription = (i: number) => ({
    arn: `${TopicArn}:${i}`,
    protocol: "email",
    endpoint: `r${i}@a.com`,
  });
  sns.setSubscriptions(Array.from({ length: 101 }, (_, i) => subscription(i)));
  const first = await client.send(new ListSubscriptionsByTopicCommand({ TopicArn }));
  expect(first.Subscriptions).toHaveLength(100);
  const second = await client.send(
    new ListSubscriptionsByTopicCommand({ TopicArn, NextToken: first.NextToken }),
  );
  expect(second.NextToken).toBeUndefined();
  expect(second.Subscriptions).toEqual([
    {
      SubscriptionArn: `${TopicArn}:100`,
      Owner: "000000000000",
      Protocol: "email",
      Endpoint: "r100@a.com",
      TopicArn,
    },
  ]);
});

test("nobody is subscribed at first, and nobody to a topic that is not there", async () => {
  const { client } = await open();
  const list = (arn: string) => client.send(new ListSubscriptionsByTopicCommand({ TopicArn: arn }));
  await expect(list(TopicArn)).resolves.toMatchObject({ Subscriptions: [] });
  await expect(list(`${TopicArn}-other`)).rejects.toMatchObject({ name: "NotFoundException" });
});
