import { SNSClient } from "@aws-sdk/client-sns";
import { expect, onTestFinished, test } from "vitest";
import { clientSettings } from "../../lambda/aws/clients.ts";
import { openTopic } from "../../lambda/aws/topic.ts";
import { alert } from "../../lambda/core/alert.ts";
import { event } from "../../lambda/core/event.ts";
import { clientOf } from "../../local/aws-environment.ts";
import { openSns } from "../../local/sns.ts";
import { openProxy } from "./proxy.ts";

const topicArn = "arn:aws:sns:eu-central-1:123456789012:pointsman-alerts";

const failover = event({
  kind: "failover",
  subject: "shop",
  atMs: Date.UTC(2026, 10, 21, 9, 30),
  why: "5 of 5 locations find frankfurt down & „offline“",
  alert: true,
  name: "shop.example.com",
  from: "frankfurt",
  to: "ireland",
});

async function open(maxAttempts = 2, arn = topicArn) {
  const sns = await openSns(topicArn);
  onTestFinished(sns.close);
  const proxy = await openProxy(sns.url);
  onTestFinished(proxy.close);
  const client = new SNSClient({ ...clientOf("eu-central-1", proxy.url), ...clientSettings(maxAttempts) });
  onTestFinished(() => client.destroy());
  return { sns, proxy, publish: openTopic(client, arn) };
}

test("each protocol gets a text of its own, filters get attributes", async () => {
  const { sns, publish } = await open();
  const told = alert(failover);
  await publish(told);
  expect(sns.published()).toMatchObject([
    {
      subject: told.subject,
      texts: { default: told.json, email: told.text, sms: told.line },
      attributes: { id: failover.id, event: "failover", service: "shop", severity: "critical" },
    },
  ]);
  expect(JSON.parse(sns.published()[0]?.texts["default"] ?? "")).toEqual(failover);
});

test("what goes over the wire is what API_Publish asks for", async () => {
  const { proxy, publish } = await open();
  await publish(alert(failover));
  const [sent] = proxy.seen.map(({ body }) => new URLSearchParams(body));
  expect(sent?.get("TopicArn")).toBe(topicArn);
  expect(sent?.get("MessageStructure")).toBe("json");
  const types = [1, 2, 3, 4, 5].map((i) => sent?.get(`MessageAttributes.entry.${i}.Value.DataType`) ?? null);
  expect(types).toEqual(["String", "String", "String", "String", null]);
});

test("an alert told again after its answer was lost carries the same id", async () => {
  const { sns, publish } = await open();
  sns.failNext({ when: "after" });
  await publish(alert(failover));
  expect(sns.published().map(({ attributes }) => attributes["id"])).toEqual([failover.id, failover.id]);
});

test("an alert that nobody took throws", async () => {
  const { sns, publish } = await open(1);
  sns.failNext({ when: "before" });
  await expect(publish(alert(failover))).rejects.toThrow();
  expect(sns.published()).toEqual([]);
});

test("so does one to a topic that is not there", async () => {
  const { publish } = await open(2, `${topicArn}-gone`);
  await expect(publish(alert(failover))).rejects.toMatchObject({ name: "NotFoundException" });
});
