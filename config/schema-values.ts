import { isIPv4 } from "node:net";
import { z } from "zod";
import { compilePattern } from "../lambda/core/pattern.ts";
import { isReference, parseReference } from "../lambda/core/secrets.ts";
import { hostOf, isHostname, isPort, parsePlace } from "./address.ts";
import { dnsTypes, parseAsk } from "./dns-values.ts";
import { durationPattern, parseDuration } from "./duration.ts";
import { quote } from "./finding.ts";
import { parseJsonComparison } from "./json-comparison.ts";
import { regions } from "./regions.ts";
import { defaultPorts, hasUrl, schemes } from "./schemes.ts";
import { suggestion } from "./suggest.ts";

/** Our own words in an issue: what is wrong, and on a second line what would be right. */
export const say = (message: string, hint = ""): string => `${message}\n${hint}`;

type Judge = (text: string) => string | undefined;

/** Text that `judge` has nothing against. A number is refused with the same words as text that looks like it. */
const text = (judge: Judge, ofNumber?: (written: number) => string) =>
  z
    .string({
      error: (issue) =>
        typeof issue.input === "number"
          ? (ofNumber?.(issue.input) ??
            say(`${issue.input} is a number here, not text`, `put it in quotes: "${issue.input}"`))
          : undefined,
    })
    .superRefine((value, ctx) => {
      const complaint = judge(value);
      if (complaint !== undefined) ctx.addIssue({ code: "custom", message: complaint });
    });

/** A duration from `min` to `max`, both included; whole seconds when the place it goes to knows nothing finer. */
export const duration = (min: string, max: string, whole: "ms" | "s" = "ms") => {
  const [minMs = 0, maxMs = 0] = [parseDuration(min), parseDuration(max)];
  const judge: Judge = (written) => {
    const ms = parseDuration(written);
    const example = "write a whole number and a unit: 500ms, 10s, 2m, 1h, 1d";
    if (ms === undefined) return say(`${quote(written)} is no duration`, example);
    if (ms < minMs || ms > maxMs) return say(`${written} is out of range`, `from ${min} to ${max}`);
    return whole === "s" && ms % 1000 ? say(`${written} is no whole number of seconds`) : undefined;
  };
  return text(judge, (n) => say(`${n} has no unit`, `${n}s?`)).meta({
    pattern: durationPattern.source,
    limits: `${min} to ${max}`,
  });
};

/** A whole number from `min` to `max`. */
export const whole = (min: number, max: number) => {
  const error = say(`must be a whole number from ${min} to ${max}`);
  return z.number({ error }).int({ error }).min(min, { error }).max(max, { error });
};

export const yesOrNo = () =>
  z.boolean({
    error: (issue) =>
      issue.input == null
        ? undefined
        : say(
            `must be true or false, not ${quote(issue.input)}`,
            "without quotes; yes, no, on and off are text in YAML",
          ),
  });

export const idPattern = /^[a-z0-9][a-z0-9-]{0,40}$/;

export const idComplaint = (id: string): string | undefined =>
  idPattern.test(id)
    ? undefined
    : say(`${quote(id)} is no id`, "a-z, 0-9 and -, at most 41 of them, and not - first");

export const id = () => text(idComplaint).meta({ pattern: idPattern.source });

/** What stands in `tcp://host:port`; undefined for a URL of a scheme that has more to say. */
export const placeOfUrl = (written: string): string | undefined => {
  const [, scheme, rest] = /^([a-z]+):\/\/(.*?)\/?$/is.exec(written) ?? [];
  const known = schemes.find((one) => one === scheme?.toLowerCase());
  return known === undefined || hasUrl(known) ? undefined : rest;
};

const urlComplaint = (written: string, schemes: readonly string[]): string | undefined => {
  const [scheme] = /^[a-z][a-z0-9+.-]*(?=:\/\/)/i.exec(written) ?? [];
  // Also without a scheme, or with more slashes than two: whatever a password may stand in is not repeated.
  if (/^[a-z0-9+.-]*:?\/*[^/?#\s]*@/i.test(written)) {
    return say(
      "a URL must not hold a password",
      "remove what stands before the @: this file is no place for secrets",
    );
  }
  if (scheme === undefined) return say(`${quote(written)} is no URL`, `write ${schemes[0]}://… in full`);
  if (!schemes.includes(scheme.toLowerCase())) {
    return say(
      `${quote(`${scheme}://`)} does not fit here`,
      `possible: ${schemes.map((s) => `${s}://`).join(", ")}`,
    );
  }
  const place = placeOfUrl(written);
  if (place !== undefined) return placeComplaint(place, !Object.hasOwn(defaultPorts, scheme.toLowerCase()));
  if (/\s/.test(written) || !URL.canParse(written)) return say(`${quote(written)} is no URL`);
  const url = new URL(written);
  if (url.port === "0") return say("port 0 cannot be connected to");
  return hostOf(url).includes(":") || isIPv4(url.hostname) || isHostname(url.hostname)
    ? undefined
    : say(`${quote(url.hostname)} is no host`);
};

/** A URL with one of these schemes, without a password. */
export const url = (...schemes: readonly string[]) => text((written) => urlComplaint(written, schemes));

const placeComplaint = (written: string, portNeeded: boolean): string | undefined => {
  const place = parsePlace(written);
  const example = "write host:port or [2001:db8::1]:443";
  if (!place) return say(`${quote(written)} is no host and port`, example);
  return portNeeded && place.port === undefined ? say(`${quote(written)} has no port`, example) : undefined;
};

/** `host:port`, the port being optional unless `portNeeded`. */
export const place = (portNeeded: boolean) => text((written) => placeComplaint(written, portNeeded));

/** An IPv4 address: what is asked from Lambda is asked by IPv4. */
export const ipv4 = () =>
  text((written) => (isIPv4(written) ? undefined : say(`${quote(written)} is no IPv4 address`, "1.1.1.1")));

const pathComplaint: Judge = (written) => {
  if (!written.startsWith("/")) return say(`${quote(written)} is no path`, "a path starts with /");
  return /^[\x21-\x22\x24-\x7e]*$/.test(written)
    ? undefined
    : say(
        `${quote(written)} is no path as it is sent`,
        "percent-encode blanks, # and everything outside ASCII",
      );
};

/** The path of a request with its query, as it is sent. */
export const requestPath = () => text(pathComplaint).meta({ pattern: "^/" });

/** A path, or a URL in full. */
export const pathOrUrl = (scheme: string) =>
  text((written) => (written.startsWith("/") ? pathComplaint(written) : urlComplaint(written, [scheme])));

export const port = () => {
  const error = say("must be a port from 1 to 65535");
  return z.number({ error }).refine(isPort, { error }).meta({ type: "integer", minimum: 1, maximum: 65_535 });
};

/** A name that lies in a zone: two labels at least, no wildcard. */
export const dnsName = () =>
  text((written) => {
    if (isHostname(written) && written.replace(/\.$/, "").includes(".")) return undefined;
    return say(
      `${quote(written)} is no DNS name`,
      "write it in full, as shop.acme.com; no wildcard, no URL, xn--… for umlauts",
    );
  });

/** A name or an address; which of them is right depends on the record's type. */
export const host = () =>
  text((written) =>
    parsePlace(written)?.port === undefined && parsePlace(written)
      ? undefined
      : say(`${quote(written)} is no name or address`),
  );

/** Every one of them is probed, and a combination holds five checks at most. */
export const mostValues = 5;

/** One of them, or a list. */
export const hosts = () => {
  const error = say(`must be a name or an address, or a list of 1 to ${mostValues}`);
  return z.union([host(), z.array(host()).min(1, { error }).max(mostValues, { error })], { error });
};

const zonePattern = /^Z[A-Z0-9]{3,31}$/;

export const zoneId = () =>
  text((written) =>
    zonePattern.test(written)
      ? undefined
      : say(
          `${quote(written)} is no hosted zone id`,
          "Z and capital letters or digits, without /hostedzone/",
        ),
  ).meta({ pattern: zonePattern.source });

export const region = () =>
  text((written) =>
    regions.includes(written) ? undefined : say(`${quote(written)} is no AWS Region`, suggestRegion(written)),
  ).meta({ enum: [...regions] });

const suggestRegion = (written: string): string => suggestion(written, regions) ?? "for example eu-central-1";

export const pattern = () =>
  text((written) => {
    const compiled = compilePattern(written);
    const hint = "RE2's syntax: no look-around, no back-references, no large counted repeats";
    return typeof compiled === "string" ? say(`no regular expression: ${compiled}`, hint) : undefined;
  });

export const jsonComparison = () =>
  text((written) => {
    const wish = parseJsonComparison(written);
    return "complaint" in wish ? say(wish.complaint, wish.hint) : undefined;
  });

const whereKept =
  "where it is kept: secretsmanager:prod/shop#password, ssm:/prod/shop, or env:NAME on a laptop";

/** A secret by where it is kept. What is written instead may be the secret itself: it is not repeated. */
export const reference = () => {
  const complaint = (written: string) =>
    say(`is ${isReference(written) ? "no reference to a secret" : "a secret in plain text"}`, whereKept);
  return text(
    (written) => (parseReference(written) ? undefined : complaint(written)),
    () => complaint(""),
  ).meta({ pattern: "^(secretsmanager|ssm|env):", limits: "a reference" });
};

/** Text that may be anything but nothing, or a secret by where it is kept. */
export const textOrReference = () =>
  text((written) => {
    if (written === "") return say("is empty text");
    return isReference(written) && !parseReference(written)
      ? say("is no reference to a secret", whereKept)
      : undefined;
  }).meta({ minLength: 1 });

/** Text that goes over the wire, or bytes after `hex:`. */
export const wire = () =>
  text((written) => {
    if (written === "" || written === "hex:") return say("is empty text");
    if (!written.startsWith("hex:") || /^hex:(?:[0-9a-f]{2})+$/i.test(written)) return undefined;
    return say(`${quote(written)} holds no bytes`, "two hexadecimal digits a byte, as hex:ff0a");
  }).meta({ minLength: 1 });

/** Text that may be anything but nothing. */
export const anyText = () =>
  text((written) => (written === "" ? say("is empty text") : undefined)).meta({ minLength: 1 });

const statusPattern = /^([1-5]\d\d)-([1-5]\d\d)$/;

/** The codes of `200` or `200-299`, both ends included; undefined for what is neither. */
export const parseStatus = (written: string | number): readonly [number, number] | undefined => {
  const [, from, to] =
    statusPattern.exec(typeof written === "number" ? `${written}-${written}` : written) ?? [];
  return from === undefined || to === undefined || from > to ? undefined : [Number(from), Number(to)];
};

const statusError = say("must be a code or a range of codes from 100 to 599", "200 or 200-299");

export const status = () =>
  z.union(
    [
      z
        .number()
        .refine((code) => parseStatus(code) !== undefined, { error: statusError })
        .meta({ type: "integer", minimum: 100, maximum: 599 }),
      text((range) => (parseStatus(range) ? undefined : statusError)).meta({ pattern: statusPattern.source }),
    ],
    { error: statusError },
  );

/** What a DNS server is asked for. */
export const ask = () =>
  text((written) =>
    parseAsk(written)
      ? undefined
      : say(
          `${quote(written)} is no name with a type of record`,
          `as acme.com A; types: ${dnsTypes.join(", ")}`,
        ),
  );

/** The name of a service of gRPC. The length is what one byte of the request can say. */
export const grpcService = () => shaped(/^[\w.-]{1,127}$/, "name of a service", "acme.Orders");

/** A version of TLS; as a number, too, because YAML takes it for one. */
export const tlsVersion = () =>
  z
    .union([z.enum(["1.2", "1.3"]), z.literal([1.2, 1.3])], { error: say("must be 1.2 or 1.3") })
    .meta({ limits: "`1.2`, `1.3`" });

/** Text of a given form, for the receivers of alerts. */
export const shaped = (form: RegExp, what: string, example: string) =>
  text(
    (written) => (form.test(written) ? undefined : say(`${quote(written)} is no ${what}`, `as ${example}`)),
    (n) => say(`${n} is a number here, not text`, `put it in quotes: "${example}"`),
  ).meta({ pattern: form.source });
