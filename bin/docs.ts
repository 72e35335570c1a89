import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { configDocs } from "../config/docs.ts";
import { checksDocs } from "../config/docs-checks.ts";
import { jsonSchemaText } from "../config/json-schema.ts";

const generated = {
  "pointsman.schema.json": jsonSchemaText(),
  "docs/config.md": configDocs(),
  "docs/checks.md": checksDocs(),
};

for (const [file, text] of Object.entries(generated)) {
  writeFileSync(fileURLToPath(new URL(`../${file}`, import.meta.url)), text);
  console.log(`written: ${file}`);
}
