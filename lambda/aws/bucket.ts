import { GetObjectCommand, PutObjectCommand, S3Client, S3ServiceException } from "@aws-sdk/client-s3";
import type { BeaconStore } from "../steps/world.ts";
import type { clientSettings } from "./clients.ts";

/** One S3 bucket's small texts, each written only where it is as it was read. */
export function openBucket(Region: string, Bucket: string, settings: ReturnType<typeof clientSettings>) {
  const client = new S3Client({ region: Region, ...settings });
  return {
    async get(Key: string): ReturnType<BeaconStore["get"]> {
      try {
        const { Body, ETag, LastModified } = await client.send(new GetObjectCommand({ Bucket, Key }));
        if (Body === undefined || ETag === undefined) throw new Error(`S3 gave no body or ETag of ${Key}`);
        const written = LastModified && { writtenMs: LastModified.getTime() };
        return { body: await Body.transformToString(), etag: ETag, ...written };
      } catch (error) {
        if (isOf(error, "NoSuchKey")) return undefined;
        throw error;
      }
    },
    async put(Key: string, Body: string, seen: string | undefined): Promise<"written" | "refused"> {
      const condition = seen === undefined ? { IfNoneMatch: "*" } : { IfMatch: seen };
      try {
        await client.send(
          new PutObjectCommand({ Bucket, Key, Body, ContentType: "text/plain", ...condition }),
        );
        return "written";
      } catch (error) {
        // S3 User Guide, conditional writes: something else stands there, or nothing any more.
        if (isOf(error, "PreconditionFailed") || isOf(error, "NoSuchKey")) return "refused";
        throw error;
      }
    },
  };
}

const isOf = (error: unknown, name: string): boolean =>
  error instanceof S3ServiceException && error.name === name;
