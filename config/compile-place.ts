import type { DnsCheck, GrpcCheck, SingleCheck, Talk, TlsCheck, UdpCheck } from "../lambda/core/config.ts";
import { defaults } from "./defaults.ts";
import { dnsValue, parseAsk } from "./dns-values.ts";
import type { Draft } from "./draft.ts";
import type { Probed } from "./probes.ts";
import type { FileEndpointMap } from "./schema.ts";

/** What a check of a place, not of a URL, may say. */
export type PlaceOptions = Draft<
  Pick<
    FileEndpointMap,
    | "verifyCertificate"
    | "starttls"
    | "certificateDays"
    | "minVersion"
    | "banner"
    | "send"
    | "expect"
    | "ask"
    | "rcode"
    | "answers"
    | "anyAnswer"
    | "service"
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
  ...(options.certificateDays !== undefined && { certificateDays: options.certificateDays }),
  ...(options.minVersion !== undefined && { minVersion: `${options.minVersion}` as const }),
  ...talk(options),
});

const udpCheck = ({ to }: Probed, { send = "", expect }: PlaceOptions): UdpCheck => ({
  type: "udp",
  ...to,
  send,
  ...(expect !== undefined && { expect }),
});

const dnsCheck = ({ to }: Probed, options: PlaceOptions): DnsCheck => {
  const ask = parseAsk(options.ask ?? "");
  if (ask === undefined) throw new Error("bug: ask was not checked before it was compiled");
  const values = (written: PlaceOptions["answers"] = []): string[] =>
    written.flatMap((value) => dnsValue(ask.recordType, value ?? "") ?? []);
  return {
    type: "dns",
    ...to,
    ...ask,
    rcode: options.rcode ?? defaults.rcode,
    answers: values(options.answers),
    anyAnswer: values(options.anyAnswer),
  };
};

const grpcCheck = ({ scheme, to, name }: Probed, options: PlaceOptions): GrpcCheck => ({
  type: "grpc",
  ...to,
  tls: scheme === "grpcs",
  serverName: name ?? to.host,
  verifyCertificate: options.verifyCertificate ?? defaults.verifyCertificate,
  service: options.service ?? "",
});

/** The check of a place, of a file in which nothing is wrong. */
export const placeCheck = (probed: Probed, options: PlaceOptions): SingleCheck => {
  switch (probed.scheme) {
    case "tls":
      return tlsCheck(probed, options);
    case "udp":
      return udpCheck(probed, options);
    case "dns":
      return dnsCheck(probed, options);
    case "grpcs":
    case "grpc":
      return grpcCheck(probed, options);
    default:
      return { type: "tcp", ...probed.to, ...talk(options) };
  }
};
