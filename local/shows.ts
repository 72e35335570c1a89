import type { Config } from "../lambda/core/config.ts";
import { demoConfig, livePace } from "./demo-config.ts";
import { type Breakage, breakages, type DemoSite, startDemoSite } from "./demo-servers.ts";
import type { Broken } from "./screen/table.ts";
import type { Line } from "./screen/text.ts";

/** Something done by hand, for the list of what happened. */
export type Deed = { readonly note: string; readonly isBreak: boolean };

/** What `npm start` shows: the demonstration, or the user's own endpoints. */
export type Show = {
  readonly title: string;
  readonly config: Config;
  readonly notes: readonly string[];
  /** The keys that do something here, as the screen explains them. */
  readonly keys: readonly Line[];
  /** Does what a key stands for. */
  press(key: string): Promise<Deed | undefined>;
  broken(): Broken;
  close(): Promise<void>;
};

const promise = "No AWS account and no real DNS is touched";

/** What the demonstration says before anything else. */
export const demoPromise = `${promise}: everything runs here, on 127.0.0.1.`;

/** Keys in the order of `breakages`: the upper row for the primary, the rest for the standby. */
const keysOf = { frankfurt: "12345", ireland: "67890" } as const;

const breakageNames: Record<Breakage, string> = {
  refuse: "refuse",
  "time out": "time out",
  "500": "status 500",
  slow: "slow",
  "403": "status 403",
};

/** Later than the check's `within`, sooner than its time-out. */
const slowMs = 2_500;

/** A primary and a standby on this machine, to break and to heal. */
export async function openDemoShow(): Promise<Show> {
  const frankfurt = await startDemoSite("frankfurt", slowMs);
  const ireland = await startDemoSite("ireland", slowMs);
  const sites = [frankfurt, ireland];
  return {
    title: "Pointsman on this laptop: a demonstration",
    config: demoConfig({ frankfurt: frankfurt.port, ireland: ireland.port }, livePace),
    notes: [
      demoPromise,
      `Shortened here: up again after ${livePace.recoverAfter} (60s), back after ${livePace.failbackAfter} (10m).`,
    ],
    keys: [keyLine("frankfurt"), keyLine("ireland"), [["h", "bold"], " heal both"]],
    press: (key) => press(sites, key),
    broken: () => brokenOf(sites),
    close: async () => {
      await Promise.all(sites.map((site) => site.close()));
    },
  };
}

const keyLine = (site: keyof typeof keysOf): Line => [
  [`break ${site.padEnd(10)}`, "dim"],
  ...breakages.flatMap((how, i): Line => [[keysOf[site][i] ?? "", "bold"], ` ${breakageNames[how]}  `]),
];

async function press(sites: readonly DemoSite[], key: string): Promise<Deed | undefined> {
  if (key === "h") return healAll(sites);
  for (const site of sites) {
    const how = breakages[keysOf[site.name === "frankfurt" ? "frankfurt" : "ireland"].indexOf(key)];
    if (how === undefined) continue;
    await site.break(how);
    return { note: `you broke ${site.name}: ${breakageNames[how]}`, isBreak: true };
  }
  return undefined;
}

async function healAll(sites: readonly DemoSite[]): Promise<Deed | undefined> {
  const broken = sites.filter((site) => site.breakage() !== undefined);
  if (broken.length === 0) return undefined;
  await Promise.all(broken.map((site) => site.heal()));
  return { note: `you healed ${broken.map(({ name }) => name).join(" and ")}`, isBreak: false };
}

const brokenOf = (sites: readonly DemoSite[]): Broken =>
  Object.fromEntries(
    sites.flatMap((site) => {
      const how = site.breakage();
      return how === undefined ? [] : [[site.name, breakageNames[how]]];
    }),
  );

/** The user's own endpoints. */
export function openOwnShow(file: string, config: Config, warnings: number): Show {
  const moved = config.services.length === 0 ? "" : "; names move in zones made up here";
  const advice = warnings === 0 ? [] : [`Warnings (${warnings}): npx pointsman validate ${file}`];
  return {
    title: `Pointsman on this laptop: ${file}`,
    config,
    notes: [`${promise}.`, `Real probes, all of them from this machine${moved}.`, ...advice],
    keys: [],
    press: async () => undefined,
    broken: () => ({}),
    close: async () => {},
  };
}
