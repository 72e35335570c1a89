import { z } from "zod";
import { fileSchema } from "./schema.ts";

/** One level of the JSON Schema, as far as the docs look into it. */
export type JsonSchema = {
  readonly title?: string;
  readonly description?: string;
  readonly type?: string;
  readonly default?: unknown;
  /** Ours: what counts instead when that is no fixed value. */
  readonly otherwise?: string;
  /** Ours: limits that JSON Schema has no words for. */
  readonly limits?: string;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly additionalProperties?: JsonSchema | boolean;
};

/** The JSON Schema (draft 7, which editors' YAML plugins know) of `pointsman.yaml`. */
export const jsonSchema = (): JsonSchema =>
  z.toJSONSchema(fileSchema, { target: "draft-07", io: "input" }) as JsonSchema;

/** The text of `pointsman.schema.json`. */
export const jsonSchemaText = (): string => `${JSON.stringify(jsonSchema(), null, 2)}\n`;
