import type { Command } from "commander";
import type { Endpoint } from "../../lambda/core/config.ts";
import { readConfig } from "../config-file.ts";
import { checksBill, isHttps, looksIntoBody, priceOf, total } from "../cost/bill.ts";
import { type checkPrices, checksInAccount, prices, pricesAsOf } from "../cost/prices.ts";
import { assumed, type Use, usageOf } from "../cost/usage.ts";

/** `npm run bench:memory` runs a sweep of so many. */
const measuredEndpoints = 500;

const number = (value: number, digits: number): string =>
  value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });

const dollars = (value: number): string => number(value, 2);

const row = (part: string, used: string, unit: string, price: string, sum: string): string =>
  [part.padEnd(21), used.padStart(13), unit.padEnd(12), price.padStart(21), sum.padStart(9)].join(" ");

function partRow(use: Use): string {
  const { unit, dollars: each, per } = prices[use.meter];
  const used = number(use.amount, use.amount < 10 && !Number.isInteger(use.amount) ? 2 : 0);
  const price = per === 1 ? `${each}` : `${each} per ${number(per, 0)}`;
  return row(use.part, used, unit, price, dollars(priceOf(use)));
}

/** What the same endpoints cost as health checks of Route 53, and whether that is less. */
function route53Lines(endpoints: readonly Endpoint[], ours: number): string[] {
  const cell = (kind: keyof typeof checkPrices, intervalS: 10 | 30): string => {
    const theirs = checksBill(endpoints, kind, intervalS);
    return `${dollars(theirs).padStart(14)} ${theirs < ours ? "cheaper" : "dearer"}`.padEnd(22);
  };
  const https = endpoints.filter(isHttps).length;
  const text = endpoints.filter(looksIntoBody).length;
  return [
    `Route 53's own health checks of the same ${endpoints.length} (https: ${https}, text: ${text})`,
    `${" ".repeat(28)}${"every 10 s".padStart(14)}${"every 30 s".padStart(22)}`,
    `  endpoints in this account ${cell("aws", 10)}${cell("aws", 30)}`.trimEnd(),
    `  endpoints elsewhere       ${cell("other", 10)}${cell("other", 30)}`.trimEnd(),
    ...(endpoints.length > checksInAccount
      ? [`  an account has ${checksInAccount} of them, unless AWS is asked for more`]
      : []),
  ];
}

const notes = (endpoints: readonly Endpoint[], hasSms: boolean): string[] => [
  `Assumed: an answer takes ${assumed.answerMs.https / 1000} s by https, ${assumed.answerMs.http / 1000} s by http, ` +
    `${assumed.answerMs.tcp / 1000} s by tcp;`,
  `one probe in ${number(1 / assumed.lostProbes, 0)} fails by chance; ${assumed.alertsAMonth} alerts; no endpoint is down for long.`,
  `Other Regions' prices differ. Not in it: tax${hasSms ? ", SMS (by country)" : ""}, the hosted zones.`,
  ...(endpoints.length > measuredEndpoints
    ? [`The sweep's memory was measured with ${measuredEndpoints} endpoints: more may take more.`]
    : []),
];

/** Prints a config's monthly bill beside Route 53's; returns the exit code, 1 when the config is wrong. */
export function cost(file: string, print: (text: string) => void): number {
  const loaded = readConfig(file, print);
  if (loaded === undefined) return 1;
  const { config, settings } = loaded;
  const { endpoints, locations } = config;
  const mailReceivers = settings.alerts.filter(({ protocol }) => protocol === "email").length;
  const hasSms = settings.alerts.some(({ protocol }) => protocol === "sms");
  const uses = usageOf(config, mailReceivers);
  const { list, atLeast } = total(uses);
  const lines = [
    `${file}: dollars for a month of 730 hours`,
    `endpoints: ${endpoints.length}, locations: ${locations.length}, list prices of us-east-1 as of ${pricesAsOf}`,
    "",
    row("PART", "USED", "", "PRICE", "DOLLARS"),
    ...uses.map(partRow),
    row("TOGETHER", "", "", "", dollars(list)),
    `${"the same, if nothing else in the account uses its free allowances".padEnd(71)}${dollars(atLeast).padStart(9)}`,
    "",
    ...route53Lines(endpoints, list),
    "",
    ...notes(endpoints, hasSms),
  ];
  print(lines.join("\n"));
  return 0;
}

/** `pointsman cost [file]` */
export const costCommand = (program: Command): void => {
  program
    .command("cost")
    .description("what a config costs a month, part by part, beside Route 53's own health checks")
    .argument("[file]", "the config", "pointsman.yaml")
    .action((file: string) => {
      process.exitCode = cost(file, (text) => console.log(text));
    });
};
