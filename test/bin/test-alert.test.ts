import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CloudFormationClient } from "@aws-sdk/client-cloudformation";
import { SNSClient } from "@aws-sdk/client-sns";
import { expect, onTestFinished, test } from "vitest";
import { type Clients, testAlert } from "../../bin/commands/test-alert.ts";
import { clientOf, forgetAws } from "../../local/aws-environment.ts";
import { openSns, type Sns, type Subscription } from "../../local/sns.ts";
import { openCloudFormation, type Stacks } from "./cloud-formation.ts";

forgetAws(process.env);

const homeTopic = "arn:aws:sns:eu-central-1:123456789012:Pointsman-Alerts";
const northTopic = "arn:aws:sns:eu-north-1:123456789012:Pointsman-eu-north-1-Alerts";
const deployed: Stacks = {
  Pointsman: { TopicArn: homeTopic },
  "Pointsman-eu-north-1": { TopicArn: northTopic },
};
const atMs = Date.UTC(2026, 10, 21, 9, 30);

const subscribed = (protocol: string, endpoint: string, arn = `${homeTopic}:1`): Subscription => ({
  arn,
  protocol,
  endpoint,
});
const both = [subscribed("email", "ops@acme.com"), subscribed("email", "boss@acme.com")];

type World = {
  readonly stacks?: Stacks;
  readonly refusal?: string;
  readonly home?: readonly Subscription[];
  readonly north?: readonly Subscription[];
  readonly text?: string;
};

const yaml = `locations: [eu-central-1, eu-north-1, us-east-2]
alerts: [{ email: ops@acme.com }, { email: boss@acme.com }]
endpoints: { docs: https://docs.acme.com/ }
`;

/** The command against an AWS of its own, each Region's SNS at a port. */
async function run(
  { stacks = deployed, refusal, home = both, north = both, text = yaml }: World,
  topics: string[] = [],
) {
  const file = join(mkdtempSync(join(tmpdir(), "pointsman-")), "pointsman.yaml");
  writeFileSync(file, text);
  const cloudFormation = await openCloudFormation(stacks, refusal);
  const sns: Record<string, Sns> = {
    "eu-central-1": await openSns(homeTopic),
    "eu-north-1": await openSns(northTopic),
  };
  sns["eu-central-1"]?.setSubscriptions(home);
  sns["eu-north-1"]?.setSubscriptions(north);
  onTestFinished(async () => {
    await Promise.all([cloudFormation, ...Object.values(sns)].map((server) => server.close()));
  });
  const clients: Clients = {
    sns: (region) => new SNSClient({ ...clientOf(region, sns[region]?.url ?? ""), maxAttempts: 1 }),
    cloudFormation: (region) =>
      new CloudFormationClient({ ...clientOf(region, cloudFormation.url), maxAttempts: 1 }),
  };
  const printed: string[] = [];
  const code = await testAlert(file, topics, clients, atMs, (line) => printed.push(line));
  return { code, printed: printed.join("\n"), published: Object.values(sns).map((one) => one.published()) };
}

test("one alert through each topic, as the product sends its own", async () => {
  const { code, published } = await run({});
  expect(published).toMatchObject([
    [
      {
        subject: "[info] test-alert/eu-central-1: nothing has happened",
        texts: {
          email: expect.stringContaining("the way of: alerts and alarms"),
          sms: expect.stringContaining("nothing has happened"),
          default: expect.stringContaining('"kind":"test"'),
        },
        attributes: {
          id: `test-alert/eu-central-1/test/${atMs}`,
          event: "test",
          service: "test-alert/eu-central-1",
          severity: "info",
        },
      },
    ],
    [{ attributes: { id: `test-alert/eu-north-1/test/${atMs}` } }],
  ]);
  expect(code).toBe(0);
});

test("who is confirmed, pending, gone, and who is not in the file", async () => {
  const { code, printed } = await run({
    home: [
      subscribed("email", "ops@acme.com"),
      subscribed("email", "boss@acme.com", "PendingConfirmation"),
      subscribed("sqs", "arn:aws:sqs:eu-central-1:123456789012:own"),
    ],
    north: [subscribed("email", "ops@acme.com"), subscribed("email", "boss@acme.com", "Deleted")],
  });
  const rows = printed.split("\n").map((line) => line.trim().split(/ {2,}/));
  expect(rows).toEqual([
    [expect.stringMatching(/^eu-central-1, alerts and alarms: sent /)],
    [`through ${homeTopic}`],
    ["confirmed", "email", "ops@acme.com"],
    ["pending", "email", "boss@acme.com", expect.stringContaining("within 48 hours")],
    ["confirmed", "sqs", "arn:aws:sqs:eu-central-1:123456789012:own", "not in the file"],
    [expect.stringMatching(/^eu-north-1, that home is silent: sent /)],
    [`through ${northTopic}`],
    ["confirmed", "email", "ops@acme.com"],
    ["gone", "email", "boss@acme.com", expect.stringContaining("has left, or never confirmed")],
  ]);
  expect(code).toBe(0);
});

test("more subscriptions than a page holds are all seen", async () => {
  const crowd = Array.from({ length: 230 }, (_, i) => subscribed("email", `reader-${i}@acme.com`));
  const { printed } = await run({ home: [...crowd, ...both] });
  expect(printed).toMatch(/confirmed +email +ops@acme\.com\n/);
  expect(printed).toMatch(/confirmed +email +reader-229@acme\.com/);
});

test.each([
  ["at home", { home: [subscribed("email", "ops@acme.com", "PendingConfirmation")] }, "eu-central-1"],
  ["in the Region that watches home", { north: [] }, "eu-north-1"],
])("nobody confirmed %s: exit code 1, and it is said", async (_, world, region) => {
  const { code, printed } = await run(world);
  expect(printed).toMatch(new RegExp(`${region}[^]*nobody gets what is sent here`));
  expect(code).toBe(1);
});

test("no stack: what to do is said, and the other Region is tried all the same", async () => {
  const { code, printed, published } = await run({
    stacks: { "Pointsman-eu-north-1": { TopicArn: northTopic } },
  });
  expect(printed).toContain("no stack Pointsman in eu-central-1: deploy first (npx cdk deploy --all)");
  expect(published.map((each) => each.length)).toEqual([0, 1]);
  expect(code).toBe(1);
});

test("a stack of before there were outputs is not taken for none", async () => {
  const { code, printed } = await run({ stacks: { ...deployed, Pointsman: { Other: "x" } } });
  expect(printed).toContain("the stack Pointsman has no output TopicArn");
  expect(code).toBe(1);
});

test.each([
  ["AccessDenied", "these credentials may not do that", 2],
  ["ExpiredToken", "log in again", 1],
])("%s: what it means is said, once where nothing else can succeed", async (refusal, says, times) => {
  const { code, printed, published } = await run({ refusal });
  expect(printed.split(says)).toHaveLength(times + 1);
  expect(published.flat()).toEqual([]);
  expect(code).toBe(1);
});

test("--topic: CloudFormation is not asked", async () => {
  const { code, published } = await run({ refusal: "AccessDenied" }, [northTopic]);
  expect(published.map((each) => each.length)).toEqual([0, 1]);
  expect(code).toBe(0);
});

test.each([
  ["a topic that is not there", `${northTopic}-other`, "NotFoundException"],
  ["what is no topic's ARN", "arn:aws:sqs:eu-north-1:123456789012:queue", "no topic's ARN"],
])("--topic with %s", async (_, topic, says) => {
  const { code, printed, published } = await run({}, [topic]);
  expect(printed).toContain(says);
  expect(published.flat()).toEqual([]);
  expect(code).toBe(1);
});

test("a file that could not be deployed is refused before anything is sent", async () => {
  const { code, printed, published } = await run({ text: "locations: [mars-1]\n" });
  expect(printed).toContain("mars-1");
  expect(published.flat()).toEqual([]);
  expect(code).toBe(1);
});
