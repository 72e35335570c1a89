import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { heartbeatKeyCell } from "../core/heartbeat.ts";
import type { Store } from "./world.ts";

const tokenBytes = 16;

/** 128 bits that nobody can guess who has not the key (RFC 2104), as they stand in a URL. */
export const tokenOf = (key: string, id: string): string =>
  createHmac("sha256", key).update(id).digest().subarray(0, tokenBytes).toString("base64url");

/** Takes the same time whatever is wrong with the token. */
export function isToken(key: string, id: string, token: string): boolean {
  const [wanted, given] = [Buffer.from(tokenOf(key, id)), Buffer.from(token)];
  return wanted.length === given.length && timingSafeEqual(wanted, given);
}

/** The path that a job calls when it has succeeded. */
export const pathOf = (key: string, id: string): string => `/${id}/${tokenOf(key, id)}`;

type KeyRow = { readonly key: string };

/** The key that all tokens are made with; undefined while nobody has made it. */
export const readKey = async (store: Pick<Store, "cell">): Promise<string | undefined> =>
  (await store.cell<KeyRow>(heartbeatKeyCell).read())?.body.key;

/** The same; made now where there is none. It stays: every URL that was handed out is good as long as it does. */
export async function readOrMakeKey(store: Pick<Store, "cell">): Promise<string> {
  const cell = store.cell<KeyRow>(heartbeatKeyCell);
  const found = await cell.read();
  if (found) return found.body.key;
  const key = randomBytes(32).toString("base64url");
  // Whoever was quicker has made it.
  return (await cell.put({ key }, 0)) === "saved" ? key : ((await cell.read())?.body.key ?? key);
}
