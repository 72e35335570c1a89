import type { IncomingMessage } from "node:http";

/** What a signed request says of itself: whose access key signed it, and for which Region and service. */
export type Scope = { readonly accessKeyId: string; readonly region: string; readonly service: string };

/** `Credential=<key>/<day>/<region>/<service>/aws4_request`; none where a request is not signed. Nothing is verified. */
export function scopeOf(request: IncomingMessage): Scope | undefined {
  const written = /Credential=([^/]+)\/\d{8}\/([a-z0-9-]+)\/([a-z0-9-]+)\/aws4_request/;
  const [, accessKeyId, region, service] = written.exec(request.headers.authorization ?? "") ?? [];
  if (accessKeyId === undefined || region === undefined || service === undefined) return undefined;
  return { accessKeyId, region, service };
}
