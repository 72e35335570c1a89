import type { Command } from "commander";
import { loadConfig } from "../../config/load.ts";
import { report } from "../../config/report.ts";

/** Checks a config file and prints what was found; returns the exit code, 1 when it cannot run. */
export const validate = (file: string, print: (text: string) => void): number => {
  const loaded = loadConfig(file);
  print(report(loaded).join("\n"));
  return loaded.ok ? 0 : 1;
};

/** `pointsman validate [file]` */
export const validateCommand = (program: Command): void => {
  program
    .command("validate")
    .description(
      "check a config file: every error with its place, what is unwise, and the worst case of each service",
    )
    .argument("[file]", "the config", "pointsman.yaml")
    .action((file: string) => {
      process.exitCode = validate(file, (text) => console.log(text));
    });
};
