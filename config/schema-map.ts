import { z } from "zod";

/** A map with exactly these keys; its complaint about another key names the known ones, for did-you-mean. */
export const map = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z.strictObject(shape, {
    error: (issue) => (issue.code === "unrecognized_keys" ? Object.keys(shape).join(" ") : undefined),
  });

type Meta = {
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

/** A key that is needed. */
export const must = <Schema extends z.ZodType>(schema: Schema, description: string, meta: Meta = {}) =>
  schema.meta({ description, ...meta });
