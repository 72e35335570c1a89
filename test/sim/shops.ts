import type { Config, Policy, Service } from "../../lambda/core/config.ts";
import type { RecordSet } from "../../lambda/core/records.ts";
import { endpoint, policy, shop, shopConfig, shopRecord } from "./config.ts";

/** Hosts of the i-th of many shops. */
export const primaryOf = (i: number): string => `p${i}`;
export const standbyOf = (i: number): string => `s${i}`;

/** What is another for all of the shops. */
export type ManyShops = {
  readonly service?: Partial<Service>;
  readonly policy?: Partial<Policy>;
  readonly config?: Partial<Config>;
};

/** `count` shops, each with its name, its primary and its standby, and something of all of them changed. */
export function manyShops(count: number, over: ManyShops = {}): { config: Config; records: RecordSet[] } {
  const ids = Array.from({ length: count }, (_, i) => i);
  const one = (id: string, host: string) => ({
    ...endpoint(id, host),
    policy: { ...policy, ...over.policy },
  });
  return {
    config: shopConfig({
      endpoints: ids.flatMap((i) => [one(`shop${i}/p`, primaryOf(i)), one(`shop${i}/s`, standbyOf(i))]),
      services: ids.map((i) => ({
        ...shop,
        id: `shop${i}`,
        dns: { ...shop.dns, name: `shop${i}.example.com` },
        targets: [
          { id: "p", endpoint: `shop${i}/p`, values: [`192.0.2.${i + 1}`] },
          { id: "s", endpoint: `shop${i}/s`, values: [`198.51.100.${i + 1}`] },
        ],
        ...over.service,
      })),
      ...over.config,
    }),
    records: ids.map((i) => ({ ...shopRecord, name: `shop${i}.example.com`, values: [`192.0.2.${i + 1}`] })),
  };
}
