/** A message as a topic takes it. */
export type Published = {
  readonly messageId: string;
  readonly atMs: number;
  readonly subject?: string;
  /** What each protocol's subscribers get; `default` for those that are not named. */
  readonly texts: Readonly<Record<string, string>>;
  readonly attributes: Readonly<Record<string, string>>;
};

/** API_Publish: 256 KB. */
const maxMessageBytes = 262_144;

/** What Publish's parameters come to, or SNS's words for why they are refused. */
export function asPublished(
  parameters: URLSearchParams,
  atMs: number,
  messageId: string,
): Published | string {
  const subject = parameters.get("Subject") ?? undefined;
  const message = parameters.get("Message") ?? "";
  if (subject !== undefined && !isSubject(subject)) return "Invalid parameter: Subject";
  if (message === "") return "Invalid parameter: Empty message";
  if (Buffer.byteLength(message) > maxMessageBytes) return "Invalid parameter: Message too long";
  const texts = parameters.get("MessageStructure") === "json" ? perProtocol(message) : { default: message };
  if (typeof texts === "string") return texts;
  const attributes = attributesOf(parameters);
  return { messageId, atMs, ...(subject === undefined ? {} : { subject }), texts, attributes };
}

/**
 * API_Publish, Subject: "ASCII text that begins with a letter, number, or punctuation mark; must not include line
 * breaks or control characters; and must be less than 100 characters long".
 */
const isSubject = (subject: string): boolean => /^[\x21-\x7e][\x20-\x7e]{0,98}$/.test(subject);

/** API_Publish, MessageStructure: a JSON object of texts with a `default`. */
function perProtocol(message: string): Record<string, string> | string {
  const wrong = "Invalid parameter: Message Structure - ";
  try {
    const parsed: unknown = JSON.parse(message);
    if (typeof parsed !== "object" || parsed === null || !("default" in parsed)) {
      return `${wrong}No default entry in JSON message body`;
    }
    // Values that are no text are passed over.
    const entries = Object.entries(parsed) as [string, unknown][];
    return Object.fromEntries(
      entries.flatMap(([key, value]) => (typeof value === "string" ? [[key, value]] : [])),
    );
  } catch {
    return `${wrong}JSON message body failed to parse`;
  }
}

function attributesOf(parameters: URLSearchParams): Record<string, string> {
  const attributes: Record<string, string> = {};
  for (let i = 1; ; i++) {
    const entry = `MessageAttributes.entry.${i}`;
    const name = parameters.get(`${entry}.Name`);
    if (name === null) return attributes;
    attributes[name] = parameters.get(`${entry}.Value.StringValue`) ?? "";
  }
}
