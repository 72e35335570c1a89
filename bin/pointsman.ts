import { Command } from "commander";
import { costCommand } from "./commands/cost.ts";
import { heartbeatsCommand } from "./commands/heartbeats.ts";
import { planCommand } from "./commands/plan.ts";
import { probeCommand } from "./commands/probe.ts";
import { testAlertCommand } from "./commands/test-alert.ts";
import { validateCommand } from "./commands/validate.ts";
import { holdingCommands, lookingCommands, movingCommands } from "./operator/cli.ts";

const program = new Command("pointsman").description(
  "Health checks from several AWS Regions, and DNS failover that moves only when the primary really is down.",
);

// Whoever pipes us into `head` has seen enough: what was begun is ended all the same, as a drill's way back.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") process.exit(1);
});

validateCommand(program);
probeCommand(program);
planCommand(program);
testAlertCommand(program);
costCommand(program);
lookingCommands(program);
movingCommands(program);
holdingCommands(program);
heartbeatsCommand(program);

await program.parseAsync();
