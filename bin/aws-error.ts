/** What to do about it, by the error's name or a socket's code. */
const advice: readonly (readonly [names: readonly string[], whatToDo: string])[] = [
  [
    ["CredentialsProviderError", "TokenProviderError"],
    "this shell has no credentials: set AWS_PROFILE, or run `aws configure` or `aws sso login`",
  ],
  [
    ["ExpiredToken", "ExpiredTokenException", "RequestExpired"],
    "the credentials have expired: log in again, for example by `aws sso login`",
  ],
  [
    [
      "InvalidClientTokenId",
      "UnrecognizedClientException",
      "SignatureDoesNotMatch",
      "InvalidSignatureException",
      "AuthFailure",
    ],
    "AWS does not take these credentials: they are mistyped, deleted, or the Region is not enabled in the account",
  ],
  [
    ["AccessDenied", "AccessDeniedException", "AuthorizationErrorException", "UnauthorizedOperation"],
    "these credentials may not do that: docs/deploy.md says what each command needs",
  ],
  [
    ["Throttling", "ThrottlingException", "ThrottledException", "TooManyRequestsException"],
    "the account is asked too often just now: try again in a minute",
  ],
  [
    ["NoSuchHostedZone"],
    "look at zoneId, and whether these are the credentials of the account that holds the zone",
  ],
  [
    ["ResourceNotFoundException"],
    "there is no such table in this Region: look at --region and --tables, and whose credentials these are",
  ],
  [["NotFoundException"], "look at the ARN, and whether these are the credentials of its account"],
  [
    ["ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "ENETUNREACH", "TimeoutError"],
    "AWS was not reached: look at the network, and at AWS_ENDPOINT_URL",
  ],
];

const codeOf = (error: Error): string => ("code" in error ? String(error.code) : "");

/** Whether no call to AWS can succeed from here, whatever is asked. */
export const isOfCredentials = (error: unknown): boolean =>
  error instanceof Error && advice.slice(0, 3).some(([names]) => names.includes(error.name));

/** An AWS call's error in a line: what it was, and what to do where that is known. */
export function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const [, whatToDo] =
    advice.find(([names]) => names.includes(error.name) || names.includes(codeOf(error))) ?? [];
  const what = error.name === "Error" ? error.message : `${error.name}: ${error.message || codeOf(error)}`;
  return whatToDo === undefined ? what : `${what}; ${whatToDo}`;
}
