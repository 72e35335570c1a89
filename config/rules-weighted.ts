import { defaults } from "./defaults.ts";
import type { Draft } from "./draft.ts";
import type { Path, Problem } from "./finding.ts";
import { type Entry, servicesOf, targetsOf } from "./probes.ts";
import type { FileConfig, FileService } from "./schema.ts";

type Service = Entry<Draft<FileService>>;

/** What a weighted service must not say, and what only a weighted one may. */
export const weightedRule = (file: Draft<FileConfig>): Problem[] =>
  servicesOf(file).flatMap((service) =>
    service.value.routing === "weighted"
      ? [...misplacedKeys(service), ...beaconProblems(service), ...stepProblems(service)]
      : weightedKeys(service),
  );

const isWritten = (value: object, key: string): boolean => Object.hasOwn(value, key);

/** Nobody is a primary there. */
const misplacedKeys = ({ value, path }: Service): Problem[] =>
  ["failback", "failbackAfter"]
    .filter((key) => isWritten(value, key))
    .map((key) => ({
      path: [...path, key],
      at: "key",
      message: `${key} goes with routing: failover; a weighted target is brought back by itself, in steps`,
      hint: "steps and stepFor say how",
    }));

const beaconProblems = ({ value, path }: Service): Problem[] =>
  value.via === "beacons"
    ? [
        {
          path: [...path, "via"],
          message: "beacons switch between two targets; they cannot spread the load over them",
          hint: "via: api, or routing: failover",
        },
      ]
    : [];

const weightedKeys = (service: Service): Problem[] => {
  const hint = "routing: weighted";
  const misplaced = (path: Path, key: string): Problem => ({
    path,
    at: "key",
    message: `${key} goes with routing: weighted`,
    hint,
  });
  return [
    ...["steps", "stepFor"]
      .filter((key) => isWritten(service.value, key))
      .map((key) => misplaced([...service.path, key], key)),
    ...targetsOf(service)
      .filter(({ value }) => isWritten(value, "weight"))
      .map(({ path }) => misplaced([...path, "weight"], "weight")),
  ];
};

function stepProblems(service: Service): Problem[] {
  const { value, path } = service;
  const steps: readonly (number | undefined)[] = value.steps ?? defaults.steps;
  const at = [...path, "steps"];
  const isRising = steps.every((step, i) => i === 0 || (step ?? 0) > (steps[i - 1] ?? 0));
  if (!isRising || steps.at(-1) !== 100) {
    return steps.includes(undefined)
      ? []
      : [
          {
            path: at,
            message: "steps rise, and the last one is 100",
            hint: `[${defaults.steps.join(", ")}]`,
          },
        ];
  }
  const [first = 100] = steps;
  const least = Math.ceil(100 / first);
  return targetsOf(service).flatMap((target): Problem[] => {
    const { weight = defaults.weight } = target.value;
    if (weight >= least) return [];
    const message = `a weight of ${weight} is too small for a step of ${first} %: weights are whole numbers`;
    return [
      {
        path: [...target.path, "weight"],
        message,
        hint: `${least} or more; or multiply all of the service's`,
      },
    ];
  });
}
