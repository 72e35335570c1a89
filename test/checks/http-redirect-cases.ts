import type { Case } from "./http-cases.ts";
import { page, saysAndCloses } from "./servers.ts";

/** What DNS says, where a case has names. */
const names = {
  "rebind.example.test": ["127.0.0.1"],
  "metadata.example.test": ["169.254.169.254"],
  "private.example.test": ["10.0.0.1"],
  "mapped.example.test": ["::ffff:10.0.0.1"],
  "nat64.example.test": ["64:ff9b::a9fe:a9fe"],
  "mixed.example.test": ["10.0.0.1", "127.0.0.1"],
};

/** Where no redirect may lead, in every way to write it. The servers are at 127.0.0.1, which may lead to itself. */
const refused = [
  "http://127.0.0.2/",
  "http://127.2/",
  "http://localhost/",
  "http://2130706434/",
  "http://0x7f000002/",
  "http://0x7f.2/",
  "http://0177.0.0.02/",
  "http://017700000002/",
  "http://127.0.0.2./",
  "http://127。0。0。2/",
  "http://[::1]/",
  "http://[::127.0.0.1]/",
  "http://[::ffff:7f00:1]/",
  "http://[::ffff:169.254.169.254]/",
  "http://[::ffff:0:127.0.0.1]/",
  "http://[64:ff9b::7f00:1]/",
  "http://[64:ff9b::10.0.0.1]/",
  "http://[64:ff9b:1::a9fe:a9fe]/",
  "http://[2002:7f00:1::]/",
  "http://[2001::1]/",
  "http://169.254.169.254/latest/meta-data/",
  "http://2852039166/",
  "http://169.254.170.2/v2/credentials",
  "http://[fd00:ec2::254]/",
  "http://10.0.0.1/",
  "http://172.16.0.1/",
  "http://192.168.0.1/",
  "http://100.64.0.1/",
  "http://198.18.0.1/",
  "http://[fd00::1]/",
  "http://[fe80::1]/",
  "http://[fec0::1]/",
  "http://0.0.0.0/",
  "http://[::]/",
  "http://255.255.255.255/",
  "http://224.0.0.1/",
  ...Object.keys(names).map((name) => `//${name}/`),
  "ftp://example.com/",
  "file:///etc/passwd",
  "gopher://example.com/",
  "javascript:alert(1)",
  "http://[",
  "http://example.com:99999/",
  "http://[fe80::1%25lo]/",
];

const leadsTo = (location: string) => saysAndCloses(page(302, "", `Location: ${location}`));

export const astray: Case[] = [
  ...refused.map(
    (location): Case => ({
      name: `to ${location}`,
      // Over the wire as UTF-8.
      serve: leadsTo(Buffer.from(location).toString("latin1")),
      names,
      check: { redirects: 3 },
      finds: "redirect-refused",
    }),
  ),
  { name: "in a loop", serve: leadsTo("/again"), check: { redirects: 3 }, finds: "redirect-limit" },
  {
    name: "to a name that DNS does not know",
    serve: leadsTo("http://gone.example.test/"),
    names,
    check: { redirects: 1 },
    finds: "dns-nxdomain",
  },
  // Were that our own fault, it would say nothing about the endpoint.
  ...["http://8.8.8.8:0/", "http://127.0.0.1:0/"].map(
    (location): Case => ({
      name: `to ${location}`,
      serve: leadsTo(location),
      check: { redirects: 1 },
      finds: "redirect-refused",
    }),
  ),
];
