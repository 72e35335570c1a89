import { parseArgs } from "node:util";
import { runAll } from "../sim/pool.ts";
import { checks } from "./checks.ts";
import { parseCase, play, sayCell } from "./course.ts";
import { type Cell, cells } from "./moves.ts";
import { type Setting, settings } from "./shapes.ts";
import { troubleNames } from "./troubles.ts";
import type { Tally, Task } from "./worker.ts";

const help = `npm run matrix -- [options]

The crash matrix. For every shape of a record and every way to move it, each move is played again and again in the
simulated world; each time one effect of a sweep, another one, is struck by one trouble, and fresh sweeps go on. In the
end all of this must hold:
${Object.keys(checks)
  .map((check) => `  - ${check}`)
  .join("\n")}
A row is an effect, a column a trouble, a number how many cases passed. Exit code 1 when one did not.

  --only <text>   only the moves whose name contains this: a/beacons, /failback, cname/api/order
  --case <case>   plays one case, as a failure names it, and prints the whole story
  --list          prints the names of the moves and the troubles
`;

const { values: options } = parseArgs({
  options: {
    only: { type: "string", default: "" },
    case: { type: "string" },
    list: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

type Row = Record<string, { cases: number; wrong: number }>;

/** The results of one shape in one way: by effect, then by trouble. */
type Table = Map<string, Row>;

function take(table: Table, { trouble }: Task, tally: Tally): void {
  for (const [effect, { cases, wrong }] of Object.entries(tally)) {
    const row = table.get(effect) ?? {};
    const cell = row[trouble] ?? { cases: 0, wrong: 0 };
    table.set(effect, { ...row, [trouble]: { cases: cell.cases + cases, wrong: cell.wrong + wrong.length } });
  }
}

const isOf = (a: Setting, b: Setting): boolean => a.shape === b.shape && a.way === b.way;

/** Column heads over two lines: `killed` above `before`. */
const heads = troubleNames.map((name) => {
  const at = name.lastIndexOf("-");
  return at < 0 ? ["", name] : [name.slice(0, at), name.slice(at + 1)];
});
const widths = heads.map(([above = "", below = ""]) => Math.max(above.length, below.length, 4) + 2);
const rowHead = 16;

const line = (head: string, columns: readonly (string | undefined)[]): string =>
  head.padEnd(rowHead) + columns.map((text = "", i) => text.padStart(widths[i] ?? 0)).join("");

function print(setting: Setting, played: readonly Cell[], table: Table): void {
  console.log(`\n${setting.shape}, via ${setting.way}: ${played.map(({ move }) => move).join(", ")}`);
  for (const level of [0, 1])
    console.log(
      line(
        level === 1 ? "effect" : "",
        heads.map((head) => head[level]),
      ),
    );
  for (const [effect, row] of [...table].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const results = troubleNames.map((trouble) => {
      const { cases = 0, wrong = 0 } = row[trouble] ?? {};
      return wrong > 0 ? `${wrong} BAD` : `${cases}`;
    });
    console.log(line(effect, results));
  }
}

/** Prints the table of a setting as soon as all parts of it are there. */
function openTables(wanted: readonly Cell[], tasks: readonly Task[]): (task: Task, tally: Tally) => void {
  const parts = settings.map((setting) => ({
    setting,
    played: wanted.filter((cell) => isOf(cell, setting)),
    table: new Map() as Table,
    left: tasks.filter(({ cell }) => isOf(cell, setting)).length,
  }));
  return (task, tally) => {
    const part = parts.find(({ setting }) => isOf(setting, task.cell));
    if (part === undefined) return;
    take(part.table, task, tally);
    part.left -= 1;
    if (part.left > 0) return;
    if (process.stderr.isTTY) process.stderr.write("\r\x1b[K");
    print(part.setting, part.played, part.table);
  };
}

async function runMatrix(): Promise<void> {
  const wanted = cells.filter((cell) => sayCell(cell).includes(options.only));
  if (wanted.length === 0) throw new Error(`no move's name contains "${options.only}"`);
  const tasks = wanted.flatMap((cell) => troubleNames.map((trouble): Task => ({ cell, trouble })));
  const [startedMs, show, wrong] = [performance.now(), openTables(wanted, tasks), [] as string[]];
  let [cases, done] = [0, 0];
  const tookS = () => Math.round((performance.now() - startedMs) / 1000);
  await runAll<Task, Tally>(new URL("./worker.ts", import.meta.url), tasks, (task, tally) => {
    done += 1;
    for (const of of Object.values(tally)) {
      cases += of.cases;
      wrong.push(...of.wrong);
    }
    if (process.stderr.isTTY)
      process.stderr.write(`\r\x1b[K${done} of ${tasks.length}, ${tookS()} s: ${sayCell(task.cell)}`);
    show(task, tally);
  });
  for (const what of new Set(wrong)) console.log(`\nFAILED ${what}`);
  const told = `${cases} cases: ${cases - wrong.length} passed, ${wrong.length} failed, in ${tookS()} s`;
  console.log(`\n${told}${done < tasks.length ? `; stopped after ${done} of ${tasks.length} parts` : ""}`);
  if (wrong.length > 0 || done < tasks.length) process.exitCode = 1;
}

async function replay(text: string): Promise<void> {
  const { cell, strike } = parseCase(text);
  const { open, flaws } = await play(cell, strike, { isLoud: true });
  for (const each of open.sim.trace) console.log(each);
  for (const check of Object.keys(checks)) {
    const wrong = flaws.filter((flaw) => flaw.check === check);
    console.log(`${wrong.length === 0 ? "kept  " : "BROKEN"} ${check}`);
    for (const { what } of wrong) console.log(`         ${what}`);
  }
  if (flaws.length > 0) process.exitCode = 1;
}

if (options.help) console.log(help);
else if (options.list) console.log([...cells.map(sayCell), "", ...troubleNames].join("\n"));
else if (options.case !== undefined) await replay(options.case);
else await runMatrix();
