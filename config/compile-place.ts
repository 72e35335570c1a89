import type { Check, Talk, TlsCheck } from "../lambda/core/config.ts";
import { defaults } from "./defaults.ts";
import type { Draft } from "./draft.ts";
import type { Probed } from "./probes.ts";
import type { FileEndpointMap } from "./schema.ts";

/** What a check of a place, not of a URL, may say. */
export type PlaceOptions = Draft<
  Pick<
    FileEndpointMap,
    "verifyCertificate" | "starttls" | "days" | "minVersion" | "banner" | "send" | "expect"
  >
>;

const talk = ({ banner, send, expect }: PlaceOptions): Talk => ({
  ...(banner !== undefined && { banner }),
  ...(send !== undefined && { send }),
  ...(expect !== undefined && { expect }),
});

const tlsCheck = ({ to, name }: Probed, options: PlaceOptions): TlsCheck => ({
  type: "tls",
  ...to,
  serverName: name ?? to.host,
  verifyCertificate: options.verifyCertificate ?? defaults.verifyCertificate,
  ...(options.starttls !== undefined && { starttls: options.starttls }),
  ...(options.days !== undefined && { days: options.days }),
  ...(options.minVersion !== undefined && { minVersion: `${options.minVersion}` as const }),
  ...talk(options),
});

/** The check of a place, of a file in which nothing is wrong. */
export const placeCheck = (probed: Probed, options: PlaceOptions): Check =>
  probed.scheme === "tls" ? tlsCheck(probed, options) : { type: "tcp", ...probed.to, ...talk(options) };
