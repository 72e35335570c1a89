import { z } from "zod";
import { say } from "./schema-values.ts";
import type { Scheme } from "./schemes.ts";

/** A map with exactly these keys; its complaint about another key names the known ones, for did-you-mean. */
export const map = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z.strictObject(shape, {
    error: (issue) => (issue.code === "unrecognized_keys" ? Object.keys(shape).join(" ") : undefined),
  });

type Meta = {
  /** The schemes of a check it goes with. */
  readonly goesWith?: readonly Scheme[];
  readonly default?: unknown;
  /** What counts instead when that is no fixed value. */
  readonly otherwise?: string;
  readonly limits?: string;
  readonly examples?: readonly unknown[];
  readonly minItems?: number;
  readonly propertyNames?: { readonly pattern: string };
};

/** A key that may be left out. Nothing is filled in here: `compile` does that, so that positions stay what was written. */
export const may = <Schema extends z.ZodType>(schema: Schema, description: string, meta: Meta = {}) =>
  schema.optional().meta({ description, ...meta });

export const must = <Schema extends z.ZodType>(schema: Schema, description: string, meta: Meta = {}) =>
  schema.meta({ description, ...meta });

/** The keys that combine checks, each of which has these keys. */
export const together = <Shape extends z.ZodRawShape>(keys: Shape, title: string) => {
  const checks = () => {
    const error = say("must hold 2 to 5 checks");
    return z.array(part).min(2, { error }).max(5, { error });
  };
  const part = map(keys).meta({ id: title });
  const limits = "2 to 5";
  return {
    all: may(checks(), "Checks of which every one must be good, each with the keys of one alone.", {
      limits,
    }),
    any: may(checks(), "Checks of which one must be good.", { limits }),
  };
};

/** The schemes each of these keys goes with; those that do not say, with `common`. */
export const schemesOfKeys = (
  keys: Readonly<Record<string, z.ZodType>>,
  common: readonly Scheme[] = [],
): [string, readonly Scheme[]][] =>
  Object.entries(keys).map(([key, schema]) => [
    key,
    (schema.meta()?.["goesWith"] as readonly Scheme[] | undefined) ?? common,
  ]);
