import { span } from "../../lambda/core/alert.ts";
import type { EndpointView, Model, Seen, ServiceView } from "../watch/model.ts";
import { cut, type Line, pad, type Span } from "./text.ts";
import {
  answeredTarget,
  answerWords,
  availabilityWords,
  carryingTargets,
  digLine,
  healthWords,
  newest,
  operateLine,
  seenWords,
  shortRegion,
  spreadWords,
  timeOfDay,
} from "./words.ts";

/** What the demonstration knows of its sites and a user of the product would not. */
export type Broken = Readonly<Record<string, string>>;

type Columns = { readonly name: number; readonly cell: number };

const stateWidth = 11;
const margin = 2;

/** The width of the columns for everything on the screen, so that tables stand under one another. */
function columnsOf(model: Model, width: number): Columns {
  const names = [...model.services.flatMap(({ endpoints }) => endpoints), ...model.endpoints].map(
    ({ name }) => name,
  );
  const name = Math.min(24, Math.max(9, ...names.map(({ length }) => length))) + 2;
  const cell = Math.floor((width - margin - name - stateWidth) / Math.max(1, model.locations.length));
  return { name, cell: Math.min(18, Math.max(2, cell)) };
}

/** Services with their targets, then what stands alone. */
export function tables(model: Model, broken: Broken, width: number): Line[] {
  const columns = columnsOf(model, width);
  const alone = [...model.endpoints].sort((a, b) => Number(isWell(a)) - Number(isWell(b)));
  return [
    ...model.services.flatMap((service) => [...serviceLines(service, model, broken, columns), []]),
    ...(model.dynamodbUrl === undefined || model.services.length === 0
      ? []
      : [[["operate ", "dim"], operateLine(model.dynamodbUrl)] satisfies Line, []]),
    ...(alone.length === 0
      ? []
      : [heading(model, columns, "Endpoints"), ...alone.flatMap((e) => aloneLines(e, columns)), []]),
  ];
}

const isWell = ({ health }: EndpointView): boolean => health?.state === "up" && health.trouble === undefined;

function serviceLines(view: ServiceView, model: Model, broken: Broken, columns: Columns): Line[] {
  const carrying = carryingTargets(view);
  return [
    nameLine(view, answeredTarget(view), model.nowMs),
    modeLine(view),
    [["try ", "dim"], model.dnsPort === 0 ? "(it starts)" : digLine(view, model.dnsPort)],
    heading(model, columns, ""),
    ...view.endpoints.flatMap((endpoint) => [
      row(endpoint, columns, carrying.includes(endpoint.name) ? "▶ " : "  "),
      detail(endpoint, broken[endpoint.name]),
    ]),
  ];
}

function nameLine(view: ServiceView, active: string | undefined, nowMs: number): Line {
  const { service, answer } = view;
  const asked = answer && `  since ${timeOfDay(answer.sinceMs)}, asked ${span(nowMs - answer.atMs)} ago`;
  const is = active === undefined ? "" : ` ${active}`;
  const isUsual = service.weighted ? active !== undefined : active === service.targets[0]?.id;
  const style = isUsual ? "good" : "warn";
  return [[service.dns.name, "bold"], " → ", [`${answerWords(view)}${is}`, style], [asked ?? "", "dim"]];
}

function modeLine(view: ServiceView): Line {
  const { service, disarmed } = view;
  if (disarmed !== undefined) return [[`hands off: ${disarmed}`, "bad"]];
  const ttl = `TTL ${service.dns.ttlSeconds} s`;
  if (service.weighted) return [[`${service.mode} · ${ttl} · weighted: ${spreadWords(view)}`, "dim"]];
  const back =
    service.failback === "auto"
      ? `auto, ${service.failbackAfterMs / 1000} s after the primary is up`
      : "manual";
  return [[`${service.mode} · ${ttl} · failback: ${back}`, "dim"]];
}

function heading(model: Model, { name, cell }: Columns, title: string): Line {
  const isWide = model.locations.every((location) => location.length < cell);
  const names = model.locations.map((location) => pad(isWide ? location : shortRegion(location), cell));
  return [
    [pad(title, margin + name + stateWidth), "bold"],
    [names.join(""), "dim"],
  ];
}

function row(endpoint: EndpointView, { name, cell }: Columns, mark: string): Line {
  const [state, style] = healthWords(endpoint);
  const newestMs = newest(endpoint.seen)?.atMs;
  return [
    [mark, "bold"],
    [pad(endpoint.name, name), "bold"],
    [pad(state, stateWidth), style],
    ...endpoint.seen.flatMap((seen) => cellOf(seen, cell, seen?.atMs === newestMs)),
  ];
}

/** What was heard last stands out. */
function cellOf(seen: Seen | undefined, width: number, isNewest: boolean): Span[] {
  const { mark, said, style } = seenWords(seen);
  const text = width < 6 ? "" : ` ${cut(said, width - 3)}`;
  return [[mark, style], isNewest ? pad(text, width - 1) : [pad(text, width - 1), "dim"]];
}

function detail({ availability, health }: EndpointView, broken: string | undefined): Line {
  const why = health === undefined ? "" : ` · ${health.why}`;
  const hand: Span[] =
    broken === undefined
      ? []
      : [
          [`broken by you: ${broken}`, "hand"],
          [" · ", "dim"],
        ];
  return ["    ", ...hand, [`${availabilityWords(availability)}${why}`, "dim"]];
}

/** Many stand alone: the well ones take a line each. */
function aloneLines(endpoint: EndpointView, columns: Columns): Line[] {
  const line = row(endpoint, columns, "  ");
  return isWell(endpoint) ? [line] : [line, detail(endpoint, undefined)];
}
