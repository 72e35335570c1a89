import { readFileSync } from "node:fs";
import { join } from "node:path";
import { App, type Stack } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import type { Config } from "../../lambda/core/config.ts";
import { addDeployment } from "../../lib/deployment.ts";
import { parseValid, vpcs } from "../config/sample.ts";

type Cdk = { readonly context: Readonly<Record<string, unknown>> };

const { context } = JSON.parse(readFileSync(new URL("../../cdk.json", import.meta.url), "utf8")) as Cdk;

/** An app with the flags a user deploys with; it bundles only where a test is about the code. */
export const newApp = (bundle = false): App =>
  new App({ context: { ...context, ...(!bundle && { "aws:cdk:bundling-stacks": [] }) } });

export const locations = ["eu-central-1", "eu-north-1", "us-east-2", "us-west-2", "ap-northeast-1"];

/** A file with `count` services in two zones and all three types, or all of one sort. */
export const manyServices = (count: number, sorts: "mixed" | "alike" = "mixed"): string => {
  const oneOf = <T>(index: number, ...choice: [T, ...T[]]): T =>
    choice[sorts === "alike" ? 0 : index % choice.length] ?? choice[0];
  const service = (index: number): string => {
    const type = oneOf(index, "A", "AAAA", "CNAME");
    const [zoneId, zone] = oneOf(index, ["Z0COM", "acme.com"], ["Z0ORG", "acme.org"]);
    const value = (end: number) =>
      ({ A: `3.1.${end}.${index % 250}`, AAAA: `2600:${end}::${index}`, CNAME: `s${end}-${index}.aws.net` })[
        type
      ];
    return `  s${index}:
    mode: armed
    dns: { zoneId: ${zoneId}, name: service-${index}.${zone}, type: ${type} }
    check: { https: /health }
    targets:
      - { id: one, value: '${value(1)}' }
      - { id: two, value: '${value(2)}' }
`;
  };
  const services = Array.from({ length: count }, (_, index) => service(index)).join("");
  // What is asked by IPv6 takes a VPC.
  return `locations: [${locations.join(", ")}]\n${sorts === "mixed" ? vpcs(true) : ""}services:\n${services}`;
};

export type Deployed = {
  readonly config: Config;
  readonly home: Template;
  /** The further locations' templates by Region. */
  readonly further: ReadonlyMap<string, Template>;
  readonly stacks: readonly Stack[];
};

export type DeployedOptions = {
  readonly bundle?: boolean;
  readonly account?: string;
  /** Checks may connect to this machine, as on a laptop. */
  readonly laptop?: boolean;
};

/** What `cdk deploy` would send, of a file's text. */
export function deployed(text: string, options: DeployedOptions = {}): Deployed {
  const { config, settings } = parseValid(text, { laptop: options.laptop ?? false });
  const stacks = addDeployment(newApp(options.bundle), { config, settings, account: options.account });
  const [home, ...further] = stacks.map((stack) => Template.fromStack(stack));
  if (home === undefined) throw new Error("no home stack");
  const regions = stacks.slice(1).map((stack) => stack.region);
  return { config, home, further: new Map(regions.map((region, i) => [region, further[i] ?? home])), stacks };
}

type AssetManifest = {
  readonly files: Readonly<Record<string, { readonly source: { readonly path: string } }>>;
};

/** The folder that becomes the zip of a function, by the name its template gives the zip. */
export function assetFolder({ stacks }: Deployed, s3Key: string): string {
  const [stack] = stacks;
  if (stack === undefined) throw new Error("no stack");
  const { outdir } = stack.node.root as App;
  const manifests = stacks.map(({ artifactId }) => join(outdir, `${artifactId}.assets.json`));
  for (const manifest of manifests) {
    const { files } = JSON.parse(readFileSync(manifest, "utf8")) as AssetManifest;
    const path = files[s3Key.replace(/\.zip$/, "")]?.source.path;
    if (path !== undefined) return join(outdir, path);
  }
  throw new Error(`no asset is called ${s3Key}`);
}

export type Statement = {
  readonly Action: string | string[];
  readonly Resource: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | string[]>>>>;
};

type Resource = { readonly Type: string; readonly Properties: Readonly<Record<string, unknown>> };

/** All resources of a type, by logical id. */
export const resources = (template: Template, type: string): Record<string, Resource> =>
  template.findResources(type) as Record<string, Resource>;

export type Policy = { readonly kind: "inline" | "managed"; readonly statements: readonly Statement[] };

/** The policies of the role whose logical id contains `role`. */
export function policiesOf(template: Template, role: string): Policy[] {
  const of = (type: string, kind: Policy["kind"]): Policy[] =>
    Object.values(resources(template, type)).flatMap(({ Properties }) => {
      if (!JSON.stringify(Properties["Roles"]).includes(role)) return [];
      const { Statement } = Properties["PolicyDocument"] as { Statement: Statement[] };
      return [{ kind, statements: Statement }];
    });
  return [...of("AWS::IAM::Policy", "inline"), ...of("AWS::IAM::ManagedPolicy", "managed")];
}

export const statementsOf = (template: Template, role: string): Statement[] =>
  policiesOf(template, role).flatMap(({ statements }) => statements);

export const list = <T>(value: T | readonly T[]): readonly T[] =>
  Array.isArray(value) ? value : [value as T];

/** An intrinsic as a person reads it: `arn:aws:route53:::hostedzone/Z0`, `<PointsmanTables…>.Arn`. */
export function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value as Record<string, unknown>);
  const [[key, inner] = ["", undefined]] = entries;
  if (entries.length === 1 && key === "Ref") return pseudo[String(inner)] ?? `<${String(inner)}>`;
  if (entries.length === 1 && key === "Fn::GetAtt") return `<${(inner as string[]).join(".")}>`;
  if (entries.length === 1 && key === "Fn::Join") {
    const [, parts] = inner as [string, unknown[]];
    return parts.map(plain).join("");
  }
  return Object.fromEntries(entries.map(([name, one]) => [name, plain(one)]));
}

const pseudo: Readonly<Record<string, string>> = {
  "AWS::Partition": "aws",
  "AWS::AccountId": "123456789012",
};
