import { Arn, ArnFormat, Stack, Token } from "aws-cdk-lib";
import { ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { CfnPermission } from "aws-cdk-lib/aws-lambda";
import { Subscription, SubscriptionProtocol, Topic } from "aws-cdk-lib/aws-sns";
import { Construct } from "constructs";
import type { Alert } from "../config/compile.ts";

export type AlertTopicProps = {
  readonly displayName: string;
  readonly alerts: readonly Alert[];
};

/**
 * Where people are told: a topic that takes messages over TLS only, from this account's alarms and from whom it is
 * granted, and a subscription for each receiver.
 *
 * A function in another account or Region, and every queue, has to let the topic in by its own policy.
 */
export class AlertTopic extends Construct {
  readonly topic: Topic;

  constructor(scope: Construct, id: string, props: AlertTopicProps) {
    super(scope, id);
    this.topic = new Topic(this, "Topic", { displayName: props.displayName, enforceSSL: true });
    // A topic policy of one's own replaces the one that lets alarms in.
    this.topic.grantPublish(
      new ServicePrincipal("cloudwatch.amazonaws.com", {
        conditions: { StringEquals: { "aws:SourceAccount": Stack.of(this).account } },
      }),
    );
    for (const alert of props.alerts) this.subscribe(alert);
  }

  private subscribe({ protocol, endpoint }: Alert): void {
    // Named by receiver, not by place in the file: taking one out leaves the others as they are.
    const receiver = new Construct(this, `${protocol}-${endpoint.replaceAll("/", "|")}`);
    new Subscription(receiver, "Subscription", {
      topic: this.topic,
      protocol: protocols[protocol],
      endpoint,
    });
    if (protocol === "lambda" && isHere(this, endpoint)) {
      new CfnPermission(receiver, "Permission", {
        action: "lambda:InvokeFunction",
        functionName: endpoint,
        principal: "sns.amazonaws.com",
        sourceArn: this.topic.topicArn,
      });
    }
  }
}

const protocols: Readonly<Record<Alert["protocol"], SubscriptionProtocol>> = {
  email: SubscriptionProtocol.EMAIL,
  sms: SubscriptionProtocol.SMS,
  https: SubscriptionProtocol.HTTPS,
  sqs: SubscriptionProtocol.SQS,
  lambda: SubscriptionProtocol.LAMBDA,
};

/** Whether this stack may change the function's policy: the same Region, and no other account as far as is known. */
function isHere(scope: Construct, functionArn: string): boolean {
  const { region, account } = Arn.split(functionArn, ArnFormat.COLON_RESOURCE_NAME);
  const stack = Stack.of(scope);
  return region === stack.region && (Token.isUnresolved(stack.account) || account === stack.account);
}
