import { GetChangeCommand, ListResourceRecordSetsCommand } from "@aws-sdk/client-route-53";
import { expect, onTestFinished, test } from "vitest";
import { home } from "../../../local/route53/access.ts";
import { openRoute53 } from "../../../local/route53/api.ts";
import { openZone } from "../../../local/route53/zone.ts";
import { change, connectTo } from "./api-fixture.ts";

const role = (name: string, account = "111111111111") => `arn:aws:iam::${account}:role/${name}`;

/** Keys are called for whom they are of. */
const callers: Readonly<Record<string, string>> = {
  KEYHOME: home,
  KEYONE: role("one"),
  KEYTWO: role("two"),
  KEYFAR: role("one", "222222222222"),
};
const owners: Readonly<Record<string, string>> = { Z1: role("one"), ZHOME: home };

async function open(requestsPerSecond = Number.POSITIVE_INFINITY) {
  const route53 = await openRoute53({
    zones: [openZone("Z1", "example.com"), openZone("ZHOME", "example.org")],
    access: { callerOf: (key) => callers[key], ownerOf: (zoneId) => owners[zoneId] ?? home },
    now: () => 0,
    requestsPerSecond,
    port: 0,
  });
  onTestFinished(route53.close);
  return (accessKeyId: string) => {
    const client = connectTo(route53.url, 1, accessKeyId);
    onTestFinished(() => client.destroy());
    return client;
  };
}

const codeOf = (sent: Promise<unknown>): Promise<string> =>
  sent.then(
    () => "done",
    (error: Error) => error.name,
  );

const create = change(["CREATE", "www.example.com", "A", ["192.0.2.10"]]);

test.each([
  ["KEYONE", "Z1", "done"],
  ["KEYTWO", "Z1", "AccessDenied"],
  ["KEYHOME", "Z1", "AccessDenied"],
  ["KEYONE", "ZHOME", "AccessDenied"],
  ["KEYHOME", "ZHOME", "done"],
  ["KEYHOME", "Z9", "NoSuchHostedZone"],
  ["KEYOLD", "ZHOME", "ExpiredToken"],
])("%s lists %s: %s", async (key, HostedZoneId, code) => {
  const as = await open();
  expect(await codeOf(as(key).send(new ListResourceRecordSetsCommand({ HostedZoneId })))).toBe(code);
});

test("a zone is changed, and its change followed, by its owner alone", async () => {
  const as = await open();
  expect(await codeOf(as("KEYHOME").send(create))).toBe("AccessDenied");
  const { ChangeInfo } = await as("KEYONE").send(create);
  const asked = new GetChangeCommand({ Id: ChangeInfo?.Id ?? "" });
  expect(await codeOf(as("KEYHOME").send(asked))).toBe("AccessDenied");
  expect(await codeOf(as("KEYONE").send(asked))).toBe("done");
});

test("each account has requests of its own, which its roles share", async () => {
  const as = await open(2);
  const list = (key: string) =>
    codeOf(as(key).send(new ListResourceRecordSetsCommand({ HostedZoneId: "Z1" })));
  const codes: string[] = [];
  for (const key of ["KEYONE", "KEYTWO", "KEYONE", "KEYFAR", "KEYHOME"]) codes.push(await list(key));
  expect(codes).toEqual(["done", "AccessDenied", "Throttling", "AccessDenied", "AccessDenied"]);
});
