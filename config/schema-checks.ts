import { z } from "zod";
import { defaults } from "./defaults.ts";
import { may } from "./schema-keys.ts";
import * as v from "./schema-values.ts";

/** Keys of a check that looks at a certificate. */
export const certificateKeys = {
  verifyCertificate: may(
    v.yesOrNo(),
    "Whether the certificate must be valid for the name that is asked for.",
    { default: defaults.verifyCertificate, goesWith: ["https", "tls"] },
  ),
  starttls: may(
    z.enum(["smtp", "imap", "pop3", "ftp", "postgres"]),
    "The protocol that begins in plain text and is asked to go over to TLS.",
    { goesWith: ["tls"] },
  ),
  days: may(v.whole(1, 400), "For how many days more the certificate must be valid.", {
    goesWith: ["tls"],
  }),
  minVersion: may(v.tlsVersion(), "The oldest version of TLS that is good; older than 1.2 never is.", {
    default: "1.2",
    goesWith: ["tls"],
  }),
};

/** Keys of a check that says something and listens. */
export const talkKeys = {
  banner: may(v.wire(), "A text to wait for before `send`.", { goesWith: ["tcp", "tls"] }),
  send: may(v.wire(), "What to send, as it is; an end of line is `\\r\\n` in double quotes.", {
    goesWith: ["tcp", "tls"],
    limits: "`hex:` and digits are bytes",
  }),
  expect: may(v.wire(), "A text that must come in answer, or by itself where nothing is sent.", {
    goesWith: ["tcp", "tls"],
    limits: "within 64 KB",
  }),
};
