import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { figures } from "./figures.ts";
import { scenarioOf } from "./report.ts";
import { subjectOf } from "./subject.ts";
import { drawOutage, recordOutage } from "./timeline.ts";

const pathOf = (file: string): string => fileURLToPath(new URL(`../../../docs/${file}`, import.meta.url));

/** Runs of each scenario, and days of ordinary noise, behind the figures of the documentation. */
const [phases, days] = [100, 100];

/** The picture of the documentation: one outage of the example. */
export const outagePicture = async (): Promise<string> =>
  drawOutage(await recordOutage(subjectOf(), scenarioOf("black-hole"), 1));

const [opens, closes] = ["<!-- figures -->", "<!-- end of figures -->"];

/** Writes the figures and the picture of `docs/detection.md` anew. */
export async function writeDocs(): Promise<void> {
  const file = pathOf("detection.md");
  const text = readFileSync(file, "utf8");
  const [from, to] = [text.indexOf(opens), text.indexOf(closes)];
  if (from < 0 || to < from) throw new Error(`${file} has no place for figures: ${opens} and ${closes}`);
  const said = `${opens}\n\n${await figures(phases, days)}\n\n`;
  writeFileSync(pathOf("outage.svg"), await outagePicture());
  writeFileSync(file, `${text.slice(0, from)}${said}${text.slice(to)}`);
}
