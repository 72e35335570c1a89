import type { Service } from "../../lambda/core/config.ts";
import type { Availability } from "../../lambda/core/counters.ts";
import type { Event } from "../../lambda/core/event.ts";
import type { Health } from "../../lambda/core/health.ts";
import type { RecordSet } from "../../lambda/core/records.ts";
import type { Published } from "../sns-message.ts";

/** Everything a screen shows: what a user of the product could see, from the places where a user would look. */
export type Model = {
  readonly nowMs: number;
  readonly locations: readonly string[];
  readonly services: readonly ServiceView[];
  /** Endpoints that stand alone, and jobs. */
  readonly endpoints: readonly EndpointView[];
  readonly happenings: readonly Happening[];
  readonly alerts: readonly Published[];
  readonly dnsPort: number;
  /** Where the tables are, for operators' commands in another terminal. */
  readonly dynamodbUrl?: string;
  /** What is wrong with the laptop's own parts, or with a function. */
  readonly trouble?: string;
};

export type ServiceView = {
  readonly service: Service;
  readonly endpoints: readonly EndpointView[];
  /** What the resolver answered last. */
  readonly answer?: Answer;
  /** What stands in the zone, as the service's row has it. */
  readonly written?: RecordSet;
  /** Why Pointsman keeps its hands off the name. */
  readonly disarmed?: string;
};

export type Answer = {
  readonly atMs: number;
  readonly values: readonly string[];
  /** Since when it has been the same. */
  readonly sinceMs: number;
  /** The resolver's word for having none: `ENOTFOUND`. */
  readonly error?: string;
};

export type EndpointView = {
  readonly id: string;
  /** As it is called within its service. */
  readonly name: string;
  /** A job that calls in, and is not probed. */
  readonly isJob?: true;
  readonly health?: Health;
  readonly availability?: Availability;
  /** The last word of each location, in their order. */
  readonly seen: readonly (Seen | undefined)[];
};

export type Seen = {
  readonly atMs: number;
  /** `nothing`: the location could not be asked, or its probe does not count. */
  readonly is: "good" | "bad" | "refused" | "nothing";
  /** Milliseconds for what is good, else what was wrong: `connect-refused`. */
  readonly said: number | string;
};

/** An event of the history, or something noted here: what the user did by hand, for one. */
export type Happening = { readonly atMs: number; readonly event: Event } | Note;

export type Note = {
  readonly atMs: number;
  readonly note: string;
  /** Something was broken on purpose: what follows is measured from here. */
  readonly isBreak?: boolean;
};
