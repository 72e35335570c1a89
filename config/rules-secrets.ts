import { parseReference } from "../lambda/core/secrets.ts";
import type { Draft } from "./draft.ts";
import type { Path, Problem } from "./finding.ts";
import { writtenChecks } from "./probes.ts";
import type { FileConfig } from "./schema.ts";

/** Keys of a check that may hold references: texts, or maps of texts. */
const holders = ["headers", "basicAuth", "bearer", "clientCertificate"] as const;

/** Lambda has no variables of the user's: what is in them would be in the template. */
export const secretRule = (file: Draft<FileConfig>, options: { readonly laptop?: boolean }): Problem[] => {
  if (options.laptop) return [];
  const written = writtenChecks(file).flatMap(({ check, path }) =>
    holders.flatMap((holder) => textsIn(check[holder], [...path, holder])),
  );
  return written
    .filter(([text]) => parseReference(text)?.kind === "env")
    .map(([, path]) => ({
      path,
      message: "env: is for a laptop only; `npm start` and `pointsman probe`, which run here, take it",
      hint: "secretsmanager: or ssm:",
    }));
};

const textsIn = (value: string | object | undefined, path: Path): (readonly [string, Path])[] => {
  if (typeof value === "string") return [[value, path]];
  return Object.entries(value ?? {}).flatMap(([key, text]) =>
    typeof text === "string" ? [[text, [...path, key]] as const] : [],
  );
};
