import { resolve } from "node:path";
import { Command } from "commander";
import { loadConfig } from "../config/load.ts";
import { report } from "../config/report.ts";
import { forgetAws } from "./aws-environment.ts";
import { openLog, openScreen, type View } from "./screen/live.ts";
import { openDemoShow, openOwnShow, type Show } from "./shows.ts";
import { type Stack, startStack } from "./stack.ts";
import { type Observer, openObserver } from "./watch/observer.ts";

// `npm start [-- my.yaml]`: Pointsman on a laptop, until q, Ctrl-C or a signal.

const drawEveryMs = 250;

async function start(file: string | undefined): Promise<void> {
  forgetAws(process.env);
  const show = file === undefined ? await openDemoShow() : own(file);
  if (show === undefined) return;
  const over = new AbortController();
  const end = () => over.abort();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, end);
  // npm hands SIGTERM to its shell alone: whoever has lost the parent that started it was meant as well.
  const parent = process.ppid;
  setInterval(() => process.ppid !== parent && end(), 1_000).unref();
  const observer = openObserver(show.config);
  observer.note(`started on Node ${process.versions.node}${nodeAdvice()}`);
  const view = openView(show, observer, end);
  const timer = setInterval(view.draw, drawEveryMs);
  view.draw();
  const failure: unknown = await run(show, observer, over.signal).catch((error: unknown) => error);
  clearInterval(timer);
  view.close();
  await show.close();
  if (failure === undefined) return console.log("Pointsman has stopped; nothing is left running.");
  console.error(failure instanceof Error ? failure.message : failure);
  process.exitCode = 1;
}

/** The user's own config, or what is wrong with it, as `pointsman validate` says it. */
function own(file: string): Show | undefined {
  // npm runs scripts in the package's folder; the user may have called it from another one.
  const meant = resolve(process.env["INIT_CWD"] ?? "", file);
  const loaded = loadConfig(meant === resolve(file) ? file : meant, { laptop: true });
  if (loaded.ok) return openOwnShow(file, loaded.config, loaded.warnings.length);
  console.log(report(loaded).join("\n"));
  process.exitCode = 1;
  return undefined;
}

const nodeAdvice = (): string =>
  Number.parseInt(process.versions.node, 10) < 22 ? "; 22 or 24 is advised" : "";

function openView(show: Show, observer: Observer, end: () => void): View {
  const { stdout, stdin } = process;
  // Whoever reads the output has left.
  stdout.on("error", end);
  if (stdout.isTTY) return openScreen(show, observer, [stdout, stdin], end);
  return openLog(show, observer, (line) => console.log(line));
}

async function run(show: Show, observer: Observer, over: AbortSignal): Promise<void> {
  const stack: Stack = await startStack({ config: show.config, ...observer.listeners });
  for (const [id, url] of Object.entries(stack.heartbeatUrls)) observer.note(`heartbeat ${id}: curl ${url}`);
  try {
    await observer.watch(stack, over);
  } finally {
    await stack.stop();
  }
}

const program = new Command("npm start --")
  .description("Pointsman on this laptop: a demonstration, or your own endpoints. No AWS account is touched.")
  .argument("[file]", "a config of your own; without one, a demonstration")
  .action(start);

await program.parseAsync();
