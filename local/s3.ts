import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import { XMLBuilder } from "fast-xml-parser";
import { serveLoopback } from "./loopback-server.ts";
import { scopeOf } from "./signature.ts";

/** An object as S3 keeps it. */
export type S3Object = { readonly body: string; readonly etag: string; readonly writtenMs: number };

/** What is wrong with one bucket; nothing unless set. */
export type S3Fault = "unreachable" | "lost answers" | "denied" | "throttled" | undefined;

export type S3 = {
  /** For `AWS_ENDPOINT_URL_S3`, with the bucket as the path's first part. */
  readonly url: string;
  object(bucket: string, key: string): S3Object | undefined;
  /** Behind the API's back: somebody else's hand, or a loss. */
  set(bucket: string, key: string, body: string | undefined): void;
  /** `lost answers` does what it is asked and says nothing; all others do nothing. */
  setFault(bucket: string, fault: S3Fault): void;
  /** Signed requests that came in, oldest first: `PUT bucket/key`. */
  requests(): readonly string[];
  close(): Promise<void>;
};

type Reply = {
  readonly status: number;
  readonly body: string;
  readonly etag?: string;
  readonly writtenMs?: number;
};

/**
 * S3 with GetObject and PutObject, in buckets that exist. An unsigned GET is a Route 53 checker's: everything comes
 * from loopback here, so that the bucket policy's ranges cannot be told apart.
 *
 * @param buckets their names, and the Region each is in: a request signed for another one is refused
 */
export async function openS3(buckets: Readonly<Record<string, string>>): Promise<S3> {
  const objects = new Map<string, S3Object>();
  const faults = new Map<string, S3Fault>();
  const log: string[] = [];
  const server = await serveLoopback(async (request, response) => {
    const { bucket, key } = placeOf(request);
    const body = await text(request);
    if (scopeOf(request)) log.push(`${request.method} ${bucket}/${key}`);
    const fault = faults.get(bucket);
    if (fault === "unreachable") return void request.socket.destroy();
    const reply =
      refusal(request, bucket, buckets, fault) ?? answer(request, `${bucket}/${key}`, body, objects);
    if (fault === "lost answers") return void request.socket.destroy();
    response.writeHead(reply.status, {
      "content-type": "application/xml",
      ...(reply.etag !== undefined && { etag: reply.etag }),
      ...(reply.writtenMs !== undefined && { "last-modified": new Date(reply.writtenMs).toUTCString() }),
    });
    response.end(reply.body);
  });
  return {
    url: server.url,
    object: (bucket, key) => objects.get(`${bucket}/${key}`),
    set: (bucket, key, body) => {
      if (body === undefined) objects.delete(`${bucket}/${key}`);
      else objects.set(`${bucket}/${key}`, objectOf(body));
    },
    setFault: (bucket, fault) => faults.set(bucket, fault),
    requests: () => log,
    close: server.close,
  };
}

/** User Guide, "Path-style requests". */
function placeOf({ url = "/" }: IncomingMessage): { bucket: string; key: string } {
  const [, bucket = "", ...key] = new URL(url, "http://s3").pathname.split("/");
  return { bucket, key: decodeURIComponent(key.join("/")) };
}

/** API Reference, "Error responses": what is refused whatever the object is. */
function refusal(
  request: IncomingMessage,
  bucket: string,
  buckets: Readonly<Record<string, string>>,
  fault: S3Fault,
): Reply | undefined {
  const scope = scopeOf(request);
  if (buckets[bucket] === undefined) return failure(404, "NoSuchBucket");
  if (fault === "throttled") return failure(503, "SlowDown");
  if (fault === "denied") return failure(403, "AccessDenied");
  if (scope === undefined) return request.method === "GET" ? undefined : failure(403, "AccessDenied");
  if (scope.service !== "s3" || scope.region !== buckets[bucket])
    return failure(400, "AuthorizationHeaderMalformed");
  return undefined;
}

function answer(
  request: IncomingMessage,
  place: string,
  body: string,
  objects: Map<string, S3Object>,
): Reply {
  const here = objects.get(place);
  if (request.method === "GET") return here ? { status: 200, ...here } : failure(404, "NoSuchKey");
  if (request.method !== "PUT") return failure(405, "MethodNotAllowed");
  const refused = unmet(request, here);
  if (refused) return refused;
  const object = objectOf(body);
  objects.set(place, object);
  return { status: 200, body: "", etag: object.etag };
}

/**
 * User Guide, "How to prevent object overwrites with conditional writes": If-None-Match takes `*` alone and fails with
 * 412 where something stands; If-Match fails with 412 where something else stands, and with 404 where nothing does.
 */
function unmet({ headers }: IncomingMessage, here: S3Object | undefined): Reply | undefined {
  const match = headers["if-match"];
  const noneMatch = headers["if-none-match"];
  if (noneMatch !== undefined && noneMatch !== "*") return failure(501, "NotImplemented");
  if (noneMatch !== undefined && here) return failure(412, "PreconditionFailed");
  if (match === undefined) return undefined;
  if (!here) return failure(404, "NoSuchKey");
  return match === here.etag ? undefined : failure(412, "PreconditionFailed");
}

/** User Guide, "Checking object integrity": of what is put in one part and not encrypted by KMS, the MD5 in quotes. */
const objectOf = (body: string): S3Object => ({
  body,
  writtenMs: Date.now(),
  etag: `"${createHash("md5").update(body).digest("hex")}"`,
});

const builder = new XMLBuilder();

const failure = (status: number, Code: string): Reply => ({
  status,
  body: `<?xml version="1.0" encoding="UTF-8"?>\n${builder.build({ Error: { Code, Message: Code } })}`,
});
