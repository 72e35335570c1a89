import type { IncomingMessage } from "node:http";
import { perKey } from "../../lambda/aws/per-key.ts";
import { scopeOf } from "../signature.ts";
import type { ErrorCode } from "./responses.ts";
import { openThrottle } from "./throttle.ts";

/** Whoever signs with no role's credentials. */
export const home = "home";

/** Who may touch which zone. */
export type Access = {
  /** Who signs with this access key: `home`, a role's ARN, or nobody when the key has expired. */
  readonly callerOf: (accessKeyId: string) => string | undefined;
  /** Who may touch this zone: `home`, or a role's ARN. */
  readonly ownerOf: (zoneId: string) => string;
};

/** Everybody is home, and every zone is home's. */
export const everybody: Access = { callerOf: () => home, ownerOf: () => home };

/** Why a request is turned away, before anybody looks at what it wants to do in which zone. */
export type Gate = (
  request: IncomingMessage,
  zoneId: string | undefined,
  atMs: number,
) => ErrorCode | undefined;

/** Requests are counted by account: its own for home, the one in its ARN for a role. */
export function openGate({ callerOf, ownerOf }: Access, requestsPerSecond: number): Gate {
  const throttleOf = perKey((_account: string) => openThrottle(requestsPerSecond));
  return (request, zoneId, atMs) => {
    const caller = callerOf(scopeOf(request)?.accessKeyId ?? "");
    if (caller === undefined) return "ExpiredToken";
    if (!throttleOf(caller.split(":")[4] ?? caller)(atMs)) return "Throttling";
    return zoneId === undefined || ownerOf(zoneId) === caller ? undefined : "AccessDenied";
  };
}
