import { describe, expect, it } from "vitest";
import type { HttpCheck } from "../../lambda/core/config.ts";
import type { Probe, ProbeRequest } from "../../lambda/core/probe.ts";
import type { Reason } from "../../lambda/core/reason.ts";
import type { SecretPlace } from "../../lambda/core/secrets.ts";
import { askWithSecrets, openSecrets, type Secrets } from "../../lambda/steps/secrets.ts";

const fault = (name: string) => Object.assign(new Error("with s3cret words"), { name });

/** A place that keeps what the test says, a clock, and the reader that the sweep has. */
function open(kept: Record<string, string | Error>) {
  const clock = { nowMs: 0 };
  const fetched: string[] = [];
  const logged: string[] = [];
  const secrets = openSecrets(
    async ({ kind, name }: SecretPlace) => {
      fetched.push(`${kind}:${name}`);
      const found = kept[name] ?? fault("ResourceNotFoundException");
      if (found instanceof Error) throw found;
      return found;
    },
    {
      now: () => clock.nowMs,
      log: (level, message, facts) => logged.push(JSON.stringify([level, message, facts])),
    },
  );
  return { clock, kept, fetched, logged, secrets, read: secrets.read };
}

const readMs = 300_000;

describe("a secret", () => {
  it("is read once in five minutes, however many ask, and then as it is by then", async () => {
    const { clock, kept, fetched, read } = open({ token: "one" });
    await Promise.all([read("ssm:token"), read("ssm:token")]);
    clock.nowMs = readMs - 1;
    kept["token"] = "two";
    expect(await read("ssm:token")).toEqual({ text: "one" });
    expect(fetched).toEqual(["ssm:token"]);
    clock.nowMs = readMs;
    expect(await read("ssm:token")).toEqual({ text: "two" });
    expect(fetched).toHaveLength(2);
  });

  it.each([
    ["secretsmanager:both#user", { text: "probe" }],
    ["secretsmanager:both#port", { unread: "no text at port" }],
    ["secretsmanager:both#constructor", { unread: "no text at constructor" }],
    ["secretsmanager:plain#user", { unread: "no JSON object" }],
    ["secretsmanager:both", { text: '{"user":"probe","port":1}' }],
    ["secretsmanager:gone", { unread: "ResourceNotFoundException" }],
    ["nowhere", { unread: "no reference" }],
  ])("%s", async (reference, expected) => {
    const { read } = open({ both: '{"user":"probe","port":1}', plain: "s3cret" });
    expect(await read(reference)).toEqual(expected);
  });

  it("of which two keys are wanted is read once", async () => {
    const { fetched, read } = open({ both: '{"user":"probe","password":"s3cret"}' });
    await Promise.all([read("secretsmanager:both#user"), read("secretsmanager:both#password")]);
    expect(fetched).toEqual(["secretsmanager:both"]);
  });

  it("that cannot be read is asked for again after 15 s, and nothing but its name is logged", async () => {
    const { clock, kept, fetched, logged, read } = open({ token: fault("AccessDeniedException") });
    expect(await read("ssm:token")).toEqual({ unread: "AccessDeniedException" });
    clock.nowMs = 14_999;
    expect(await read("ssm:token")).toEqual({ unread: "AccessDeniedException" });
    expect(fetched).toHaveLength(1);
    kept["token"] = "one";
    clock.nowMs = 15_000;
    expect(await read("ssm:token")).toEqual({ text: "one" });
    expect(logged).toEqual([
      '["warn","secret could not be read",{"secret":"ssm:token","error":"AccessDeniedException"}]',
    ]);
  });

  it("is used on while a fault may pass, but not once it is gone or forbidden", async () => {
    const { clock, kept, read } = open({ token: "one" });
    await read("ssm:token");
    kept["token"] = fault("ThrottlingException");
    for (clock.nowMs = readMs; clock.nowMs < 3 * readMs; clock.nowMs += 15_000) {
      expect(await read("ssm:token")).toEqual({ text: "one" });
    }
    kept["token"] = fault("ParameterNotFound");
    expect(await read("ssm:token")).toEqual({ unread: "ParameterNotFound" });
    kept["token"] = fault("ThrottlingException");
    clock.nowMs += 15_000;
    expect(await read("ssm:token")).toEqual({ unread: "ThrottlingException" });
  });
});

describe("a request to a location", () => {
  const check = (value?: string): HttpCheck => ({
    type: "http",
    url: "https://acme.com/",
    method: "GET",
    headers: {},
    status: [[200, 299]],
    redirects: 0,
    verifyCertificate: true,
    ...(value !== undefined && { secrets: { headers: { "x-key": { is: "plain", value } } } }),
  });
  const request = (...checks: HttpCheck[]): ProbeRequest => ({
    location: "eu-central-1",
    questions: checks.map((one, index) => ({ id: `${index}`, check: one, timeoutMs: 1, triesAtMs: [0] })),
    endMs: 1,
  });
  const sent = async (asked: ProbeRequest, secrets: Secrets) => {
    const requests: ProbeRequest[] = [];
    const ask = askWithSecrets(async (one) => {
      requests.push(one);
      return { location: one.location, probes: [] };
    }, secrets);
    await ask(asked);
    return requests[0];
  };

  it("without secrets is sent as it is", async () => {
    const asked = request(check());
    expect(await sent(asked, open({}).secrets)).toBe(asked);
  });

  it("has them; one that cannot be read spoils its own question only", async () => {
    const { fetched, secrets } = open({ token: "s3cret" });
    const asked = request(check("ssm:token"), check("ssm:gone"), check(), check("ssm:token"));
    const got = (await sent(asked, secrets))?.questions.map((question) => question.check);
    const told = { ...check(), headers: { "x-key": "s3cret" } };
    const unread = { ...check(), unread: "ssm:gone (ResourceNotFoundException)" };
    expect(got).toEqual([told, unread, check(), told]);
    expect(fetched).toEqual(["ssm:token", "ssm:gone"]);
    expect(JSON.stringify(asked)).not.toContain("s3cret");
  });

  /** Asks every ten seconds for five minutes less one, and is answered like this; how often each secret was read. */
  const readsOver = async (
    reason: Reason | "ok",
    asked = request(check("ssm:token"), check("ssm:other")),
  ) => {
    const { clock, fetched, secrets } = open({ token: "one", other: "two" });
    const probe = { id: "0", latencyMs: 1, startedAfterMs: 0 };
    const found: Probe =
      reason === "ok" ? { ...probe, ok: true } : { ...probe, ok: false, reason, detail: "" };
    const ask = askWithSecrets(async ({ location }) => ({ location, probes: [found] }), secrets);
    for (; clock.nowMs < readMs; clock.nowMs += 10_000) await ask(asked);
    return ["ssm:token", "ssm:other"].map((one) => fetched.filter((read) => read === one).length);
  };

  it.each([
    ["refused-to-us", 5],
    ["tls-refused", 5],
    ["tls-client-certificate", 5],
    ["status-unexpected", 1],
    ["connect-refused", 1],
    ["ok", 1],
  ] as const)("that is answered %s: its secret is read %i times in five minutes", async (reason, reads) => {
    expect(await readsOver(reason)).toEqual([reads, 1]);
  });
});
