import type { Command } from "commander";
import { parseDuration } from "../../config/duration.ts";
import { explain } from "../aws-error.ts";
import { drill } from "../commands/drill.ts";
import { freeze } from "../commands/freeze.ts";
import { history } from "../commands/history.ts";
import { maintenance } from "../commands/maintenance.ts";
import { order } from "../commands/order.ts";
import { status } from "../commands/status.ts";
import type { Desk, Say } from "./desk.ts";
import { openDesk, type Reach, whoIsHere } from "./open-desk.ts";

/** Runs a command at a desk; what nobody expected is said in a line, and the exit code is 1. */
async function at(reach: Reach, run: (desk: Desk) => Promise<number>): Promise<void> {
  try {
    const desk = await openDesk(reach);
    try {
      process.exitCode = await run(desk);
    } finally {
      desk.close();
    }
  } catch (error) {
    console.error(explain(error));
    process.exitCode = 1;
  }
}

/** A command that reads what is deployed. */
const reader = (program: Command, name: string, description: string): Command =>
  program
    .command(name)
    .description(description)
    .option("--config <file>", "the config, whose first location is home", "pointsman.yaml")
    .option("--region <region>", "home's Region, without a config")
    .option("--tables <state,results>", "the two tables of a construct in an app of your own");

/** A command that changes something: it asks, and it is recorded who did it and why. */
const writer = (program: Command, name: string, description: string): Command =>
  reader(program, name, description)
    .option("--reason <text>", "why, for the history and the alerts", "no reason was given")
    .option("--who <name>", "who, for the history and the alerts", whoIsHere())
    .option("--yes", "do not ask");

type Moving = Reach & Say & { readonly to?: string; readonly pin?: boolean; readonly force?: boolean };

const milliseconds = (text: string): number => {
  const ms = parseDuration(text);
  if (ms === undefined) throw new Error(`${text} is no duration, as 30s, 15m or 2h are`);
  return ms;
};

/** The commands that look. */
export function lookingCommands(program: Command): void {
  reader(program, "status", "where names point, who holds them, how their targets are")
    .argument("[service]", "one service alone")
    .option("--json", "print JSON")
    .action((id: string | undefined, options: Reach & { json?: boolean }) =>
      at(options, (desk) => status(desk, id, options)),
    );
  reader(program, "history", "what happened to a service and its targets, or to an endpoint")
    .argument("<service>", "a service, a target as shop/frankfurt, or an endpoint")
    .option("--limit <events>", "how many, the newest", "50")
    .option("--json", "print JSON")
    .action((id: string, options: Reach & { limit: string; json?: boolean }) =>
      at(options, (desk) => {
        const limit = Number(options.limit);
        if (!Number.isInteger(limit) || limit < 1) throw new Error("--limit takes a whole number from 1");
        return history(desk, id, { ...options, limit });
      }),
    );
}

/** The commands that move names, or let them be moved. */
export function movingCommands(program: Command): void {
  writer(program, "failover", "move a name to another target, once all locations prove that up")
    .argument("<service>")
    .option("--to <target>", "where to; else the first other target that is proven up")
    .option("--pin", "hold it there, also when it is down, until `release`")
    .option("--force", "also to a target that is not proven up: needs --to")
    .action((id: string, { to, pin, force, ...options }: Moving) => {
      const wish = { ...(to !== undefined && { to }), ...(pin && { pin }), ...(force && { force }) };
      return at(options, (desk) => {
        if (force && to === undefined) throw new Error("--force takes --to TARGET: where to is not guessed");
        return order(desk, id, { what: "failover", ...wish }, options);
      });
    });
  const plain = [
    ["failback", "move a name back to its primary, once all locations prove that up"],
    ["release", "let the automaton move a name that was pinned or put somewhere"],
    ["adopt", "take a name over as it stands in the zone, after somebody else changed it"],
    ["convert", "make a name that via: beacons is deployed for stand as their failover records"],
    ["retire", "put one simple record in the place of beacons' records, as the name answers now"],
  ] as const;
  for (const [what, description] of plain) {
    writer(program, what, description)
      .argument("<service>")
      .action((id: string, options: Reach & Say) =>
        at(options, (desk) => order(desk, id, { what }, options)),
      );
  }
  writer(program, "drill", "fail over on purpose, look whether that works, and go back")
    .argument("<service>")
    .option("--to <target>", "the standby to try; else the first that is ready")
    .option("--stay <duration>", "how long the name stays there", "1m")
    .option("--resolver <address>", "whom to ask for the name, as 127.0.0.1:53; else the system's resolvers")
    .option("--no-resolve", "ask no resolver: the name is in a private zone")
    .action((id: string, options: Moving & { stay: string; resolve: boolean }) =>
      at(options, (desk) => drill(desk, id, { ...options, stayMs: milliseconds(options.stay) }, options)),
    );
}

/** The commands that hold. */
export function holdingCommands(program: Command): void {
  const words = [
    ["freeze", "frozen", "let nothing move a name, or any name, whatever is down"],
    ["unfreeze", "free", "let names be moved again"],
  ] as const;
  for (const [name, is, description] of words) {
    writer(program, name, description)
      .argument("[service]", "one service; else all")
      .action((id: string | undefined, options: Reach & Say) =>
        at(options, (desk) => freeze(desk, id, is, options)),
      );
  }
  writer(program, "maintenance", "work on a target: drained, no alerts, not counted")
    .argument("<target>", "a target, as shop/frankfurt, or an endpoint")
    .option("--for <duration>", "how long, as 2h; 1m to 30d")
    .option("--end", "it is over")
    .action((id: string, options: Reach & Say & { for?: string; end?: boolean }) =>
      at(options, (desk) => {
        if ((options.for === undefined) === (options.end === undefined)) {
          throw new Error("say either --for DURATION or --end");
        }
        const forMs = options.for === undefined ? 0 : milliseconds(options.for);
        if (options.for !== undefined && forMs === 0)
          throw new Error("--for 0 is nothing: --end ends the work");
        return maintenance(desk, id, forMs, options);
      }),
    );
}
