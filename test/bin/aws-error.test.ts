import { expect, test } from "vitest";
import { explain, isOfCredentials } from "../../bin/aws-error.ts";

const named = (name: string, message = "words"): Error => Object.assign(new Error(message), { name });

test.each<[string, unknown, RegExp]>([
  ["no credentials", named("CredentialsProviderError"), /^CredentialsProviderError: words; .*AWS_PROFILE/],
  ["a session that is over", named("ExpiredTokenException"), /log in again/],
  ["wrong credentials", named("SignatureDoesNotMatch"), /does not take these credentials/],
  ["no permission", named("AccessDenied"), /docs\/deploy\.md/],
  ["no permission, in SNS's words", named("AuthorizationErrorException"), /docs\/deploy\.md/],
  ["too many requests", named("ThrottlingException"), /in a minute/],
  ["a zone that is not there", named("NoSuchHostedZone"), /zoneId/],
  [
    "no network",
    Object.assign(new Error("getaddrinfo"), { code: "ENOTFOUND" }),
    /^getaddrinfo; AWS was not reached/,
  ],
  [
    "a refusal at all addresses",
    Object.assign(named("AggregateError", ""), { code: "ECONNREFUSED" }),
    /^AggregateError: ECONNREFUSED; AWS was not/,
  ],
  [
    "a table that is not there",
    named("ResourceNotFoundException"),
    /^ResourceNotFoundException: words; there is no such table in this Region/,
  ],
  ["our own words", new Error("no stack"), /^no stack$/],
  ["what nobody expected", named("InternalError"), /^InternalError: words$/],
  ["what is no error", "odd", /^odd$/],
])("%s", (_, error, says) => {
  expect(explain(error)).toMatch(says);
});

test.each([
  ["CredentialsProviderError", true],
  ["ExpiredToken", true],
  ["UnrecognizedClientException", true],
  ["AccessDenied", false],
  ["Throttling", false],
])("%s leaves nothing to try: %s", (name, isThat) => {
  expect(isOfCredentials(named(name))).toBe(isThat);
});
