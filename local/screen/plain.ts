import { alert, headline } from "../../lambda/core/alert.ts";
import type { EndpointView, Happening, Model, ServiceView } from "../watch/model.ts";
import { detailOf } from "./happenings.ts";
import { clean } from "./text.ts";
import {
  answeredTarget,
  answerWords,
  availabilityWords,
  healthWords,
  operateLine,
  seenWords,
  timeOfDay,
} from "./words.ts";

/** What changed between two looks, as lines for a log: answers, first probes, events, alerts, and each minute a summary. */
export function changes(before: Model | undefined, now: Model): string[] {
  const lines = [
    ...(now.dynamodbUrl !== undefined && before?.dynamodbUrl === undefined
      ? [`to operate it, in another terminal: ${operateLine(now.dynamodbUrl)}`]
      : []),
    ...now.services.flatMap((service, i) => answerChanges(before?.services[i], service)),
    ...everybody(now).flatMap((endpoint, i) => firstProbe(before && everybody(before)[i], endpoint, now)),
    ...newHappenings(before, now).map((happening) => happeningLine(happening, now)),
    ...now.alerts
      .slice(before?.alerts.length ?? 0)
      .map(({ subject }) => `alert sent: ${subject ?? "(no subject)"}`),
    ...(before && minuteOf(before) !== minuteOf(now) ? summary(now) : []),
    ...(now.trouble !== undefined && now.trouble !== before?.trouble ? [now.trouble] : []),
  ];
  return lines.map((line) => `${timeOfDay(now.nowMs)}  ${clean(line)}`);
}

const everybody = (model: Model): EndpointView[] => [
  ...model.services.flatMap(({ endpoints }) => endpoints),
  ...model.endpoints,
];

const minuteOf = ({ nowMs }: Model): number => Math.floor(nowMs / 60_000);

const answered = (view: ServiceView): string => {
  const target = answeredTarget(view);
  return `${view.service.dns.name} → ${answerWords(view)}${target === undefined ? "" : ` (${target})`}`;
};

function answerChanges(before: ServiceView | undefined, now: ServiceView): string[] {
  if (now.answer === undefined || (before && answerWords(before) === answerWords(now))) return [];
  return [`the resolver answers ${answered(now)}`];
}

function firstProbe(before: EndpointView | undefined, now: EndpointView, { locations }: Model): string[] {
  const at = now.seen.findIndex((seen) => seen !== undefined);
  if (at === -1 || before?.seen.some((seen) => seen !== undefined)) return [];
  const { mark, said } = seenWords(now.seen[at]);
  return [`first probe of ${now.id} from ${locations[at]}: ${mark} ${said}`];
}

function newHappenings(before: Model | undefined, now: Model): Happening[] {
  const known = new Set(before?.happenings.map(keyOf));
  return now.happenings.filter((happening) => !known.has(keyOf(happening))).reverse();
}

const keyOf = (happening: Happening): string =>
  "note" in happening ? `${happening.atMs} ${happening.note}` : happening.event.id;

function happeningLine(happening: Happening, { happenings }: Model): string {
  if ("note" in happening) return happening.note;
  const { event } = happening;
  return `${headline(event)}: ${detailOf(event, happenings)} (${alert(event).attributes.severity})`;
}

function summary(model: Model): string[] {
  return [
    ...model.services.map(answered),
    ...everybody(model).map((endpoint) => {
      const [state] = healthWords(endpoint);
      return `${endpoint.id} ${state}, ${availabilityWords(endpoint.availability)}`;
    }),
  ];
}
