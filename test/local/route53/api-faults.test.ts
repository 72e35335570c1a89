import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Fault } from "../../../local/route53/faults.ts";
import { connectTo, openFixture, swap } from "./api-fixture.ts";

let fixture: Awaited<ReturnType<typeof openFixture>>;
beforeEach(async () => {
  fixture = await openFixture();
});
afterEach(() => fixture.close());

describe("throttling", () => {
  test("the sixth request within a second is refused; one more comes back every 200 ms", async () => {
    await fixture.close();
    fixture = await openFixture(5);
    for (let i = 0; i < 5; i++) await fixture.list();
    const throttled = { name: "Throttling", message: "Rate exceeded", $metadata: { httpStatusCode: 400 } };
    await expect(fixture.client.send(swap)).rejects.toMatchObject(throttled);
    expect(fixture.current()).toEqual(["192.0.2.10"]);
    fixture.clock.atMs += 200;
    await fixture.list();
    await expect(fixture.list()).rejects.toMatchObject(throttled);
  });
});

describe("faults", () => {
  const before = ["192.0.2.10"];
  const after = ["198.51.100.20"];
  test.each<[string, Fault, object, string[]]>([
    ["the connection breaks before", { when: "before" }, { code: "ECONNRESET" }, before],
    ["the connection breaks after it took effect", { when: "after" }, { code: "ECONNRESET" }, after],
    [
      "500 before",
      { when: "before", error: "InternalFailure" },
      { $metadata: { httpStatusCode: 500 } },
      before,
    ],
    [
      "500 after it took effect",
      { when: "after", error: "InternalFailure" },
      { $metadata: { httpStatusCode: 500 } },
      after,
    ],
    ["503", { when: "before", error: "ServiceUnavailable" }, { $metadata: { httpStatusCode: 503 } }, before],
    [
      "a prior request",
      { when: "before", error: "PriorRequestNotComplete" },
      { name: "PriorRequestNotComplete", $metadata: { httpStatusCode: 400 } },
      before,
    ],
    ["throttled", { when: "before", error: "Throttling" }, { name: "Throttling" }, before],
  ])("%s", async (_, fault, error, values) => {
    fixture.route53.faults.failNext({ ...fault, operation: "ChangeResourceRecordSets" });
    await fixture.list();
    await expect(fixture.client.send(swap)).rejects.toMatchObject(error);
    expect(fixture.current()).toEqual(values);
    await fixture.list();
  });

  test("a fault comes as often as it was asked for, then the next one in line", async () => {
    fixture.route53.faults.failNext({ when: "before", error: "Throttling", times: 2 });
    fixture.route53.faults.failNext({ when: "before", error: "InternalFailure" });
    const names = [];
    for (let i = 0; i < 4; i++)
      names.push(
        await fixture.list().then(
          () => "fine",
          (error: Error) => error.name,
        ),
      );
    expect(names).toEqual(["Throttling", "Throttling", "InternalFailure", "fine"]);
  });

  test("the SDK sends again by itself what took effect unanswered, and is told InvalidChangeBatch", async () => {
    const stubborn = connectTo(fixture.route53.url, 2);
    fixture.route53.faults.failNext({ when: "after", error: "InternalFailure" });
    await expect(stubborn.send(swap)).rejects.toMatchObject({
      name: "InvalidChangeBatch",
      $metadata: { attempts: 2 },
    });
    expect(fixture.current()).toEqual(after);
    stubborn.destroy();
  });

  test("slow before: it takes effect late; slow after: its answer is late", async () => {
    fixture.route53.faults.failNext({ when: "before", delayMs: 5000, error: "none" });
    fixture.route53.faults.failNext({ when: "after", delayMs: 7000, error: "none" });
    await fixture.client.send(swap);
    await fixture.list();
    expect(fixture.clock.slept).toEqual([5000, 7000]);
    expect(fixture.current()).toEqual(after);
  });

  test("unreachable until it is reachable", async () => {
    fixture.route53.faults.setUnreachable(true);
    await expect(fixture.client.send(swap)).rejects.toMatchObject({ code: "ECONNRESET" });
    expect(fixture.current()).toEqual(before);
    fixture.route53.faults.setUnreachable(false);
    await fixture.client.send(swap);
    expect(fixture.current()).toEqual(after);
  });

  test("clear takes all faults back", async () => {
    fixture.route53.faults.failNext({ when: "before" });
    fixture.route53.faults.setUnreachable(true);
    fixture.route53.faults.clear();
    await fixture.list();
  });
});
