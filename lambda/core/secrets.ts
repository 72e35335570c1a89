import type { Check, HttpCheck, SecretHeader, SingleCheck } from "./config.ts";

/**
 * Where a secret is kept: in Secrets Manager, in a parameter of Systems Manager, or, on a laptop, in the environment.
 * With `key` it is one value of the JSON object that is kept there.
 */
export type SecretPlace = {
  readonly kind: "secretsmanager" | "ssm" | "env";
  readonly name: string;
  readonly key?: string;
};

/** What was read, or why nothing was: in words that do not tell any of it. */
export type Secret = { readonly text: string } | { readonly unread: string };

/** Whether a text is meant as a reference to a secret, well written or not. */
export const isReference = (text: string): boolean => /^(?:secretsmanager|ssm|env):/.test(text);

/** Names as each place takes them (API_CreateSecret, API_PutParameter), or ARNs; `#` is in none of them. */
const forms: Readonly<Record<SecretPlace["kind"], RegExp>> = {
  secretsmanager: /^(?:arn:aws:secretsmanager:[a-z0-9-]+:\d{12}:secret:)?[\w/+=.@-]{1,512}$/,
  ssm: /^(?:arn:aws:ssm:[a-z0-9-]+:\d{12}:parameter\/)?[\w/.-]{1,1011}$/,
  env: /^[A-Za-z_]\w*$/,
};

/** Reads `secretsmanager:name`, `ssm:name` or `env:NAME`, each with `#key` or without; undefined for what is none. */
export function parseReference(text: string): SecretPlace | undefined {
  const [, kind, name = "", key] = /^(secretsmanager|ssm|env):([^#]*)(?:#(.+))?$/.exec(text) ?? [];
  if (kind !== "secretsmanager" && kind !== "ssm" && kind !== "env") return undefined;
  if (!forms[kind].test(name)) return undefined;
  return { kind, name, ...(key !== undefined && { key }) };
}

/** The Region and the rest of an ARN; undefined for a mere name. */
export function inArn(name: string): { readonly region: string } | undefined {
  const [, region] = /^arn:aws:[a-z]+:([a-z0-9-]+):/.exec(name) ?? [];
  return region === undefined ? undefined : { region };
}

type WithSecrets = Extract<SingleCheck, Pick<HttpCheck, "headers">>;

const mayHaveSecrets = (check: SingleCheck): check is WithSecrets => "headers" in check;

/** Every reference in a check. */
export function referencesIn(check: Check): string[] {
  if ("checks" in check) return check.checks.flatMap(referencesIn);
  const { headers = {}, clientCertificate } = (mayHaveSecrets(check) && check.secrets) || {};
  const parts: Readonly<Record<string, string>>[] = [...Object.values(headers), clientCertificate ?? {}];
  return parts.flatMap((part) => Object.values(part)).filter(isReference);
}

/**
 * The check as it is sent to a location: with what was read instead of references, or, where something could not be
 * read, without any of it, so that the location says whose fault that is.
 */
export function withSecrets(check: Check, read: ReadonlyMap<string, Secret>): Check {
  if ("checks" in check) return { ...check, checks: check.checks.map((one) => revealed(one, read)) };
  return revealed(check, read);
}

function revealed(check: SingleCheck, read: ReadonlyMap<string, Secret>): SingleCheck {
  if (!mayHaveSecrets(check) || check.secrets === undefined) return check;
  const { secrets, ...rest } = check;
  const unread = referencesIn(check).flatMap((reference) => {
    const secret = read.get(reference) ?? { unread: "not read" };
    return "unread" in secret ? [`${reference} (${secret.unread})`] : [];
  });
  if (unread.length > 0) return { ...rest, unread: unread.join(", ") };
  const textOf = (value: string): string => {
    const secret = read.get(value);
    return secret && "text" in secret ? secret.text : value;
  };
  const { headers = {}, clientCertificate } = secrets;
  const made = Object.entries(headers).map(([name, header]) => [name, headerOf(header, textOf)]);
  return {
    ...rest,
    headers: { ...rest.headers, ...Object.fromEntries(made) },
    ...(clientCertificate && {
      clientCertificate: {
        certificate: textOf(clientCertificate.certificate),
        key: textOf(clientCertificate.key),
      },
    }),
  };
}

/** RFC 7617 and RFC 6750. A secret that was written into a file often ends with a line break. */
function headerOf(header: SecretHeader, textOf: (value: string) => string): string {
  const trimmed = (value: string) => textOf(value).replace(/\r?\n$/, "");
  if (header.is === "basic") {
    const pair = `${trimmed(header.user)}:${trimmed(header.password)}`;
    return `Basic ${Buffer.from(pair).toString("base64")}`;
  }
  return header.is === "bearer" ? `Bearer ${trimmed(header.value)}` : trimmed(header.value);
}
