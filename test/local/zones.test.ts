import { expect, test } from "vitest";
import { parseConfig } from "../../config/load.ts";
import type { Config } from "../../lambda/core/config.ts";
import { listSets } from "../../local/route53/zone.ts";
import { zonesOf } from "../../local/zones.ts";

/** A config with these names, each `<zone id> <name>`. */
function configOf(names: readonly string[]): Config {
  const services = names.map((written, i) => {
    const [zoneId, name] = written.split(" ");
    return `  s${i}:
    dns: { zoneId: ${zoneId}, name: ${name}, type: A, ttl: 30s }
    check: { http: / }
    targets:
      - { id: one, value: 3.120.${i}.1 }
      - { id: two, value: 3.120.${i}.2 }`;
  });
  const loaded = parseConfig(`locations: [eu-central-1]\nservices:\n${services.join("\n")}`, "test.yaml");
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.errors));
  return loaded.config;
}

test.each([
  [["Z0AAAAA www.acme.com"], ["acme.com."]],
  [["Z0AAAAA acme.com"], ["acme.com."]],
  [["Z0AAAAA acme.com", "Z0AAAAA www.acme.com"], ["acme.com."]],
  [["Z0AAAAA a.eu.acme.com", "Z0AAAAA b.us.acme.com"], ["acme.com."]],
  [["Z0AAAAA shop.acme.co.uk"], ["acme.co.uk."]],
  [["Z0AAAAA a.acme.com", "Z0AAAAA b.other.com"], ["com."]],
  [
    ["Z0AAAAA www.acme.com", "Z0BBBBB www.acme.org"],
    ["acme.com.", "acme.org."],
  ],
])("%j are in %j", (names, zones) => {
  expect(zonesOf(configOf(names)).map(({ name }) => name)).toEqual(zones);
});

test("a name stands at its primary's value", () => {
  const [zone] = zonesOf(configOf(["Z0AAAAA www.acme.com"]));
  const sets = zone ? listSets(zone).filter(({ type }) => type === "A") : [];
  expect(sets).toEqual([{ name: "www.acme.com.", type: "A", ttlSeconds: 30, values: ["3.120.0.1"] }]);
});

test("a config without services needs no zone", () => {
  const loaded = parseConfig(
    "locations: [eu-central-1]\nendpoints: { docs: https://docs.acme.com/ }",
    "test.yaml",
  );
  expect(loaded.ok && zonesOf(loaded.config)).toEqual([]);
});
