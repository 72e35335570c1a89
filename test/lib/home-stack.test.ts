import { Match } from "aws-cdk-lib/assertions";
import { describe, expect, test } from "vitest";
import { metricNames, metricsOf } from "../../lambda/aws/metrics.ts";
import { tableKeys } from "../../lambda/aws/tables.ts";
import { head, withService } from "../config/sample.ts";
import { deployed, manyServices, plain, resources } from "./deployed.ts";

const { home, further } = deployed(withService());

describe("the tables", () => {
  test("have the keys the adapter uses", () => {
    const keys = Object.values(resources(home, "AWS::DynamoDB::GlobalTable")).map(({ Properties }) => [
      Properties["KeySchema"],
      Properties["TimeToLiveSpecification"],
    ]);
    const key = (AttributeName: string, KeyType: string) => ({ AttributeName, KeyType });
    expect(keys).toEqual([
      [[key(tableKeys.state.partition, "HASH")], undefined],
      [
        [key(tableKeys.results.partition, "HASH"), key(tableKeys.results.sort, "RANGE")],
        { AttributeName: tableKeys.results.ttl, Enabled: true },
      ],
    ]);
  });

  test("outlive the stack, can be restored, cannot be deleted by a slip, cost by use", () => {
    home.allResources("AWS::DynamoDB::GlobalTable", {
      DeletionPolicy: "Retain",
      UpdateReplacePolicy: "Retain",
      Properties: {
        BillingMode: "PAY_PER_REQUEST",
        Replicas: [
          {
            Region: "eu-central-1",
            DeletionProtectionEnabled: true,
            PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
          },
        ],
      },
    });
    home.resourceCountIs("AWS::DynamoDB::GlobalTable", 2);
  });
});

describe("the sweep", () => {
  test("is started every minute, told which, and never again for the same one", () => {
    home.hasResourceProperties("AWS::Scheduler::Schedule", {
      ScheduleExpression: "rate(1 minute)",
      State: "ENABLED",
      FlexibleTimeWindow: { Mode: "OFF" },
      Target: {
        Input: '{"scheduledTime":"<aws.scheduler.scheduled-time>"}',
        RetryPolicy: { MaximumEventAgeInSeconds: 60, MaximumRetryAttempts: 0 },
      },
    });
    home.resourceCountIs("AWS::Scheduler::Schedule", 1);
  });

  test("is not invoked again when it fails; what failed is kept in a queue", () => {
    home.hasResourceProperties("AWS::Lambda::EventInvokeConfig", {
      FunctionName: { Ref: Match.stringLikeRegexp("SweepFunction") },
      MaximumEventAgeInSeconds: 60,
      MaximumRetryAttempts: 0,
      DestinationConfig: {
        OnFailure: { Destination: { "Fn::GetAtt": [Match.stringLikeRegexp("SweepFailures"), "Arn"] } },
      },
    });
  });

  test("has what the handler reads from its environment, a heap within its memory, and nothing else", () => {
    const [sweep] = Object.values(
      home.findResources("AWS::Lambda::Function", { Properties: { Timeout: 300 } }),
    );
    const [probe] = Object.values(
      home.findResources("AWS::Lambda::Function", { Properties: { Timeout: 120 } }),
    );
    expect(sweep?.["Properties"].MemorySize).toBe(256);
    const owner = String(probe?.["Properties"].FunctionName).replace(/-probe$/, "");
    expect(plain(sweep?.["Properties"].Environment.Variables)).toEqual({
      NODE_OPTIONS: "--max-semi-space-size=4 --max-old-space-size=128",
      CONFIG_FILE: "config.json",
      OWNER: owner,
      PROBE_FUNCTION: `${owner}-probe`,
      STATE_TABLE: expect.stringMatching(/^<PointsmanTablesState/),
      RESULTS_TABLE: expect.stringMatching(/^<PointsmanTablesResults/),
      TOPIC_ARN: expect.stringMatching(/^<PointsmanAlertsTopic/),
    });
    expect(owner).toMatch(/^\S{1,58}$/);
    expect(probe?.["Properties"].Environment).toBeUndefined();
  });
});

test("every function: arm64, Node 24, its own log with an end, one line of JSON each", () => {
  for (const template of [home, ...further.values()]) {
    template.allResourcesProperties("AWS::Lambda::Function", {
      Architectures: ["arm64"],
      Runtime: "nodejs24.x",
      Handler: "index.handler",
      LoggingConfig: { LogFormat: "JSON", LogGroup: { Ref: Match.stringLikeRegexp("Log") } },
    });
    template.allResourcesProperties("AWS::Logs::LogGroup", { RetentionInDays: Match.anyValue() });
    template.allResourcesProperties("AWS::Lambda::EventInvokeConfig", {
      MaximumEventAgeInSeconds: 60,
      MaximumRetryAttempts: 0,
    });
    const functions = Object.values(resources(template, "AWS::Lambda::Function"));
    expect(Object.keys(resources(template, "AWS::Logs::LogGroup"))).toHaveLength(functions.length);
    expect(Object.keys(resources(template, "AWS::Lambda::EventInvokeConfig"))).toHaveLength(functions.length);
  }
});

test("no concurrency is reserved: a new account has ten in all", () => {
  for (const template of [home, ...further.values()]) {
    template.allResourcesProperties("AWS::Lambda::Function", {
      ReservedConcurrentExecutions: Match.absent(),
    });
  }
});

test("nothing has a name of its own that would block a replacement, but the probe functions", () => {
  const named = [home, ...further.values()].flatMap((template) =>
    Object.values(
      template.toJSON()["Resources"] as Record<string, { Type: string; Properties?: object }>,
    ).flatMap(({ Type, Properties }) =>
      Object.entries(Properties ?? {})
        .filter(([key, value]) => /^(\w+Name|Name)$/.test(key) && typeof value === "string")
        .map(([key, value]) => `${Type}.${key}=${value}`),
    ),
  );
  const allowed =
    /^(AWS::Lambda::Function\.FunctionName=Pointsman-\w+-probe|AWS::SNS::Topic\.DisplayName=.*|AWS::CloudWatch::Alarm\.MetricName=.*|AWS::IAM::Policy\.PolicyName=\w+Policy[0-9A-F]{8})$/;
  expect(named.filter((one) => !allowed.test(one))).toEqual([]);
  expect(named.filter((one) => one.startsWith("AWS::Lambda::Function"))).toHaveLength(5);
});

describe("the alarms", () => {
  const alarms = Object.values(resources(home, "AWS::CloudWatch::Alarm")).map(({ Properties }) => Properties);

  test.each([
    [
      "MinutesSaved",
      { ComparisonOperator: "LessThanThreshold", EvaluationPeriods: 3, TreatMissingData: "breaching" },
    ],
    [
      "Errors",
      {
        ComparisonOperator: "GreaterThanOrEqualToThreshold",
        EvaluationPeriods: 1,
        TreatMissingData: "notBreaching",
      },
    ],
    ["SwitchesPending", { Statistic: "Minimum", EvaluationPeriods: 3, TreatMissingData: "ignore" }],
  ])("%s", (MetricName, expected) => {
    home.hasResourceProperties("AWS::CloudWatch::Alarm", {
      MetricName,
      Period: 60,
      Threshold: 1,
      ...expected,
    });
  });

  test("tell the topic when they begin and when they end, and the topic lets them", () => {
    expect(alarms).toHaveLength(3);
    for (const alarm of alarms) {
      expect(alarm["AlarmActions"]).toEqual([{ Ref: expect.stringMatching(/AlertsTopic/) }]);
      expect(alarm["OKActions"]).toEqual(alarm["AlarmActions"]);
    }
    home.hasResourceProperties("AWS::SNS::TopicPolicy", {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({ Effect: "Deny", Condition: { Bool: { "aws:SecureTransport": "false" } } }),
          Match.objectLike({ Effect: "Allow", Principal: { Service: "cloudwatch.amazonaws.com" } }),
        ]),
      },
    });
  });

  test("look at the metrics the sweep's line really holds", () => {
    const report = {
      epoch: 1,
      ended: "relieved",
      ticks: 6,
      probes: 6,
      confirms: 2,
      moves: 0,
      pending: 1,
    } as const;
    const [dimension] = (alarms[0]?.["Dimensions"] ?? []) as { Value: string }[];
    const owner = String(dimension?.Value);
    const line = metricsOf(report, owner) as {
      _aws: {
        CloudWatchMetrics: { Namespace: string; Dimensions: string[][]; Metrics: { Name: string }[] }[];
      };
    };
    const [emitted] = line._aws.CloudWatchMetrics;
    expect(line).toMatchObject({ MinutesSaved: 1, SwitchesPending: 1, Confirms: 2, service: owner });
    expect(emitted?.Dimensions).toEqual([["service"]]);
    const ours = alarms.filter((alarm) => alarm["Namespace"] === metricNames.namespace);
    expect(ours.map((alarm) => alarm["Dimensions"])).toEqual([
      [{ Name: "service", Value: owner }],
      [{ Name: "service", Value: owner }],
    ]);
    expect(emitted?.Namespace).toBe(metricNames.namespace);
    expect(emitted?.Metrics.map(({ Name }) => Name)).toEqual(
      expect.arrayContaining(ours.map((alarm) => alarm["MetricName"])),
    );
  });

  test.each([
    { left: "the event is stale" },
    { epoch: 1, ended: "lost", ticks: 6, probes: 6, confirms: 0, moves: 0, pending: 0 } as const,
  ])("a sweep that saved nothing counts for nothing: %j", (report) => {
    expect(metricsOf(report, "me")).toEqual({});
  });
});

describe("who is told", () => {
  const receivers = `locations: [eu-central-1, eu-north-1, us-east-2]
alerts:
  - email: ops@acme.com
  - sms: "+4915112345678"
  - https: https://hooks.acme.com/pointsman
  - sqs: arn:aws:sqs:eu-central-1:123456789012:alerts
  - lambda: arn:aws:lambda:eu-central-1:123456789012:function:alerts
endpoints: { docs: https://docs.acme.com/ }
`;

  test.each(["home", "the location that watches home"])("every receiver of the file, at %s", (where) => {
    const all = deployed(receivers);
    const template = where === "home" ? all.home : all.further.get("eu-north-1");
    const subscriptions = Object.values(template?.findResources("AWS::SNS::Subscription") ?? {});
    expect(subscriptions.map(({ Properties }) => [Properties.Protocol, Properties.Endpoint])).toEqual([
      ["email", "ops@acme.com"],
      ["sms", "+4915112345678"],
      ["https", "https://hooks.acme.com/pointsman"],
      ["sqs", "arn:aws:sqs:eu-central-1:123456789012:alerts"],
      ["lambda", "arn:aws:lambda:eu-central-1:123456789012:function:alerts"],
    ]);
    // A function's policy is changed in its own Region and account only.
    template?.resourceCountIs("AWS::Lambda::Permission", where === "home" ? 1 : 0);
    expect(
      deployed(receivers, { account: "999999999999" }).home.findResources("AWS::Lambda::Permission"),
    ).toEqual({});
  });

  test("taking one out leaves the others as they are", () => {
    const subscriptions = (text: string) => resources(deployed(text).home, "AWS::SNS::Subscription");
    const [all, fewer] = [
      subscriptions(receivers),
      subscriptions(receivers.replace("  - email: ops@acme.com\n", "")),
    ];
    expect(Object.keys(fewer)).toHaveLength(4);
    expect(all).toMatchObject(fewer);
  });

  test("nobody twice: an alarm tells the same topic as an alert", () => {
    deployed(`${head}endpoints: { docs: https://docs.acme.com/ }\n`).home.resourceCountIs(
      "AWS::SNS::Topic",
      1,
    );
  });
});

test("5 locations and 100 services take less than 200 resources in any stack", () => {
  const many = deployed(manyServices(100));
  for (const template of [many.home, ...many.further.values()]) {
    expect(Object.keys(template.toJSON()["Resources"])).not.toHaveLength(0);
    expect(Object.keys(template.toJSON()["Resources"]).length).toBeLessThan(200);
  }
});
