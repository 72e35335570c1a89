import { beforeEach, expect, onTestFinished, test } from "vitest";
import { openBeaconStore } from "../../lambda/aws/beacons.ts";
import { dummyCredentials, forgetAws } from "../../local/aws-environment.ts";
import { openS3, type S3 } from "../../local/s3.ts";

const region = "eu-south-1";
const bucket = "pointsman-x-eu-south-1";
const key = "shop.example.com/A";

let s3: S3;
beforeEach(async () => {
  s3 = await openS3({ [bucket]: region });
  onTestFinished(s3.close);
  forgetAws(process.env);
  process.env["AWS_ENDPOINT_URL_S3"] = s3.url;
  process.env["AWS_ACCESS_KEY_ID"] = dummyCredentials.accessKeyId;
  process.env["AWS_SECRET_ACCESS_KEY"] = dummyCredentials.secretAccessKey;
});

/** Clients keep the endpoint they were made with. */
const open = () => openBeaconStore("pointsman-x");

test("a beacon is made, read, and replaced as it was read", async () => {
  const store = open();
  expect(await store.get(region, key)).toBeUndefined();
  expect(await store.put(region, key, "IN gen=0", undefined)).toBe("written");
  const read = await store.get(region, key);
  const { etag, writtenMs = 0 } = s3.object(bucket, key) ?? {};
  // S3 tells the second.
  expect(read).toEqual({ body: "IN gen=0", etag, writtenMs: Math.floor(writtenMs / 1000) * 1000 });
  expect(await store.put(region, key, "OUT gen=1", read?.etag)).toBe("written");
  expect(await store.put(region, key, "OUT gen=1", read?.etag)).toBe("refused");
  expect(await store.put(region, key, "IN gen=0", undefined)).toBe("refused");
  expect(s3.object(bucket, key)?.body).toBe("OUT gen=1");
  s3.set(bucket, key, undefined);
  expect(await store.put(region, key, "OUT gen=1", read?.etag)).toBe("refused");
});

test.each(["unreachable", "denied", "throttled"] as const)(
  "%s is not known, and tried once",
  async (fault) => {
    const store = open();
    s3.set(bucket, key, "IN gen=0");
    s3.setFault(bucket, fault);
    await expect(store.get(region, key)).rejects.toThrow();
    await expect(store.put(region, key, "OUT gen=1", s3.object(bucket, key)?.etag)).rejects.toThrow();
    expect(s3.object(bucket, key)?.body).toBe("IN gen=0");
    expect(s3.requests()).toEqual([`GET ${bucket}/${key}`, `PUT ${bucket}/${key}`]);
  },
);

test("a write whose answer is lost is not sent again, and took effect", async () => {
  s3.setFault(bucket, "lost answers");
  await expect(open().put(region, key, "IN gen=0", undefined)).rejects.toThrow();
  expect(s3.requests()).toHaveLength(1);
  expect(s3.object(bucket, key)?.body).toBe("IN gen=0");
});
