import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { openS3, type S3 } from "../../local/s3.ts";

const signed = (region = "eu-west-1") => ({
  authorization: `AWS4-HMAC-SHA256 Credential=local/20261121/${region}/s3/aws4_request`,
});

describe("conditional writes", () => {
  let s3: S3;
  beforeEach(async () => {
    s3 = await openS3({ one: "eu-west-1" });
    onTestFinished(s3.close);
  });
  const put = (headers: Record<string, string>, body = "new") =>
    fetch(`${s3.url}/one/shop`, { method: "PUT", body, headers: { ...signed(), ...headers } });
  const md5OfOld = '"149603e6c03516362a8da23f624db945"';

  test.each<[string, string | undefined, Record<string, string>, number, string | undefined]>([
    ["If-Match of what stands there", "old", { "if-match": md5OfOld }, 200, "new"],
    ["If-Match of something else", "other", { "if-match": md5OfOld }, 412, "other"],
    ["If-Match of nothing", undefined, { "if-match": md5OfOld }, 404, undefined],
    ["If-None-Match of nothing", undefined, { "if-none-match": "*" }, 200, "new"],
    ["If-None-Match of something", "old", { "if-none-match": "*" }, 412, "old"],
    ["If-None-Match with an ETag", undefined, { "if-none-match": md5OfOld }, 501, undefined],
    ["no condition", "old", {}, 200, "new"],
  ])("%s", async (_, before, headers, status, after) => {
    s3.set("one", "shop", before);
    expect((await put(headers)).status).toBe(status);
    expect(s3.object("one", "shop")?.body).toBe(after);
  });

  test("of two that have read the same, one writes", async () => {
    s3.set("one", "shop", "old");
    const answers = await Promise.all([
      put({ "if-match": md5OfOld }, "a"),
      put({ "if-match": md5OfOld }, "b"),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412]);
  });

  test("the ETag of an answer is what the next write has to name", async () => {
    const etag = (await put({})).headers.get("etag") ?? "";
    expect((await put({ "if-match": etag }, "newer")).status).toBe(200);
    const read = await fetch(`${s3.url}/one/shop`, { headers: signed() });
    expect([await read.text(), read.headers.get("etag")]).toEqual(["newer", s3.object("one", "shop")?.etag]);
  });

  test.each<[string, string, RequestInit, number]>([
    ["a bucket that is none", "/two/shop", { headers: signed() }, 404],
    ["a key that is none", "/one/cart", { headers: signed() }, 404],
    ["a signature for another Region", "/one/shop", { headers: signed("eu-west-2") }, 400],
    ["an unsigned write", "/one/shop", { method: "PUT", body: "OUT gen=9" }, 403],
    ["another method", "/one/shop", { method: "DELETE", headers: signed() }, 405],
  ])("refuses %s", async (_, path, init, status) => {
    s3.set("one", "shop", "old");
    expect((await fetch(`${s3.url}${path}`, init)).status).toBe(status);
    expect(s3.object("one", "shop")?.body).toBe("old");
  });

  test("an answer that is lost is of a write that was made", async () => {
    s3.setFault("one", "lost answers");
    await expect(put({})).rejects.toThrow();
    expect(s3.object("one", "shop")?.body).toBe("new");
  });
});
