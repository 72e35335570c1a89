import { cpSync, mkdtempSync } from "node:fs";
import { join } from "node:path";
import type {
  AttributeDefinition,
  CreateTableCommandInput,
  KeySchemaElement,
} from "@aws-sdk/client-dynamodb";
import type { Template } from "aws-cdk-lib/assertions";
import type { Config } from "../../lambda/core/config.ts";
import { assetFolder, type Deployed, deployed, resources } from "../lib/deployed.ts";
import type { LambdaFunction } from "./lambda-process.ts";

/** What CloudFormation would make of a config's templates, as far as it runs. */
export type Synthesized = {
  readonly config: Config;
  readonly tables: readonly CreateTableCommandInput[];
  /** What the schedule invokes, and how often a failed invocation is tried again. */
  readonly sweep: LambdaFunction;
  readonly sweepRetries: number;
  readonly schedule: { readonly everyMinutes: number; readonly input: string };
  /** The function of each Region's stack that home finds by its name. */
  readonly probes: ReadonlyMap<string, LambdaFunction>;
};

/** Synthesizes a file's text and unpacks each function's asset into a folder of its own below `scratch`. */
export function synthesize(text: string, scratch: string): Synthesized {
  const of = deployed(text, { bundle: true, laptop: true });
  const [region = ""] = of.config.locations;
  const [schedule] = all<ScheduleProperties>(of.home, "AWS::Scheduler::Schedule").values();
  if (schedule === undefined) throw new Error("the template has no schedule");
  const { Arn, Input: input } = schedule.Target;
  const atHome = functionsOf(of, of.home, region, scratch);
  const sweep = atHome.get(idOf(Arn));
  if (sweep === undefined) throw new Error("the schedule invokes no function of the template");
  const elsewhere = [...of.further].flatMap(([there, template]) => [
    ...functionsOf(of, template, there, scratch).values(),
  ]);
  const probes = [...atHome.values(), ...elsewhere].filter(
    ({ name }) => name === sweep.variables["PROBE_FUNCTION"],
  );
  return {
    config: of.config,
    tables: tablesOf(of.home),
    sweep,
    sweepRetries: retriesOf(of.home, idOf(Arn)),
    schedule: { everyMinutes: minutesOf(schedule.ScheduleExpression), input },
    probes: new Map(probes.map((probe) => [probe.region, probe] as const)),
  };
}

type Reference = { readonly Ref?: string; readonly "Fn::GetAtt"?: readonly [string, string] };

type ScheduleProperties = {
  readonly ScheduleExpression: string;
  readonly Target: { readonly Arn: Reference; readonly Input: string };
};

type TableProperties = {
  readonly KeySchema: KeySchemaElement[];
  readonly AttributeDefinitions: AttributeDefinition[];
  readonly BillingMode: "PAY_PER_REQUEST";
};

type FunctionProperties = {
  readonly FunctionName?: string;
  readonly Handler: string;
  readonly Runtime: string;
  readonly Timeout: number;
  readonly MemorySize: number;
  readonly Code: { readonly S3Key: string };
  readonly Environment?: { readonly Variables: Readonly<Record<string, string | Reference>> };
};

type InvokeConfigProperties = { readonly FunctionName: Reference; readonly MaximumRetryAttempts: number };

const all = <T>(template: Template, type: string): Map<string, T> =>
  new Map(Object.entries(resources(template, type)).map(([id, { Properties }]) => [id, Properties as T]));

const idOf = (reference: Reference): string => reference.Ref ?? reference["Fn::GetAtt"]?.[0] ?? "";

/** CloudFormation adds a random end, which says nothing. */
const nameOf = (id: string): string => `Pointsman-${id}`;

const tablesOf = (template: Template): CreateTableCommandInput[] =>
  [...all<TableProperties>(template, "AWS::DynamoDB::GlobalTable")].map(
    ([id, { KeySchema, AttributeDefinitions, BillingMode }]) => ({
      TableName: nameOf(id),
      KeySchema,
      AttributeDefinitions,
      BillingMode,
    }),
  );

/** A template's functions by their ids. */
function functionsOf(
  of: Deployed,
  template: Template,
  region: string,
  scratch: string,
): Map<string, LambdaFunction> {
  const found = all<FunctionProperties>(template, "AWS::Lambda::Function");
  return new Map(
    [...found].map(([id, properties]) => {
      const taskRoot = mkdtempSync(join(scratch, "task-"));
      cpSync(assetFolder(of, properties.Code.S3Key), taskRoot, { recursive: true });
      return [id, functionOf(template, region, id, properties, taskRoot)] as const;
    }),
  );
}

function functionOf(
  template: Template,
  region: string,
  id: string,
  properties: FunctionProperties,
  taskRoot: string,
): LambdaFunction {
  const variables = Object.entries(properties.Environment?.Variables ?? {});
  return {
    name: properties.FunctionName ?? nameOf(id),
    region,
    runtime: properties.Runtime,
    handler: properties.Handler,
    code: properties.Code.S3Key,
    taskRoot,
    timeoutMs: properties.Timeout * 1000,
    memoryMb: properties.MemorySize,
    variables: Object.fromEntries(
      variables.map(([name, value]) => [name, variableOf(template, region, value)] as const),
    ),
  };
}

/** What a variable's value comes to: a `Ref` is a table's name or a topic's ARN. */
function variableOf(template: Template, region: string, value: string | Reference): string {
  if (typeof value === "string") return value;
  const id = idOf(value);
  if (all(template, "AWS::DynamoDB::GlobalTable").has(id)) return nameOf(id);
  if (all(template, "AWS::SNS::Topic").has(id)) return `arn:aws:sns:${region}:000000000000:${nameOf(id)}`;
  throw new Error(`a variable refers to ${JSON.stringify(value)}, which is no table and no topic`);
}

function retriesOf(template: Template, functionId: string): number {
  const configs = all<InvokeConfigProperties>(template, "AWS::Lambda::EventInvokeConfig").values();
  const own = [...configs].find(({ FunctionName }) => idOf(FunctionName) === functionId);
  // Lambda's own default for asynchronous invocations.
  return own?.MaximumRetryAttempts ?? 2;
}

function minutesOf(expression: string): number {
  const [, minutes] = /^rate\((\d+) minutes?\)$/.exec(expression) ?? [];
  if (minutes === undefined) throw new Error(`${expression} is not so many minutes`);
  return Number(minutes);
}
