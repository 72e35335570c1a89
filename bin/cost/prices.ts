/** What one kind of use costs. */
export type Price = {
  /** Dollars for `per` units. */
  readonly dollars: number;
  readonly per: number;
  readonly unit: string;
  /** Units of each month that an account gets for nothing, for as long as it exists. */
  readonly free: number;
};

/**
 * AWS's list prices of us-east-1 in dollars; other Regions' differ. From the pricing pages of Lambda, DynamoDB,
 * EventBridge, CloudWatch, SNS, EC2 (data transfer), S3 and Route 53 under https://aws.amazon.com.
 */
export const pricesAsOf = "November 2026";

const million = 1_000_000;

export const prices = {
  compute: { dollars: 0.0000133334, per: 1, unit: "GB-s", free: 400_000 },
  invocation: { dollars: 0.2, per: million, unit: "requests", free: million },
  write: { dollars: 0.625, per: million, unit: "write units", free: 0 },
  read: { dollars: 0.125, per: million, unit: "read units", free: 0 },
  storage: { dollars: 0.25, per: 1, unit: "GB", free: 25 },
  restore: { dollars: 0.2, per: 1, unit: "GB", free: 0 },
  schedule: { dollars: 1, per: million, unit: "starts", free: 14 * million },
  alarm: { dollars: 0.1, per: 1, unit: "alarms", free: 10 },
  metric: { dollars: 0.3, per: 1, unit: "metrics", free: 10 },
  dashboard: { dollars: 3, per: 1, unit: "dashboard", free: 3 },
  log: { dollars: 0.5, per: 1, unit: "GB", free: 5 },
  mail: { dollars: 2, per: 100_000, unit: "mails", free: 1_000 },
  internet: { dollars: 0.09, per: 1, unit: "GB", free: 100 },
  check: { dollars: 0.5, per: 1, unit: "checks", free: 50 },
  checkOption: { dollars: 1, per: 1, unit: "options", free: 0 },
  put: { dollars: 0.005, per: 1_000, unit: "writes", free: 0 },
  get: { dollars: 0.0004, per: 1_000, unit: "reads", free: 0 },
  otherRegion: { dollars: 0.02, per: 1, unit: "GB", free: 0 },
} as const satisfies Readonly<Record<string, Price>>;

export type Meter = keyof typeof prices;

/** Route 53's health checks, in dollars a month: each check, and each of https, text and 10 s on top. */
export const checkPrices = {
  aws: {
    check: prices.check.dollars,
    option: prices.checkOption.dollars,
    free: prices.check.free,
  },
  other: { check: 0.75, option: 2, free: 0 },
} as const;

/** Health checks in an account, unless AWS is asked for more (Route 53's quotas). */
export const checksInAccount = 200;
