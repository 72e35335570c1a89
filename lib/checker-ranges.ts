/**
 * Where Route 53's health checkers ask from: `ROUTE53_HEALTHCHECKS` of AWS's published ip-ranges.json, IPv4. Compare
 * with `aws route53 get-checker-ip-ranges`, which names parts of the same. A checker from anywhere else is refused and
 * sees no `OUT`; more than 18 % of all checkers that do see it are enough.
 */
export const checkerRanges: readonly string[] = [
  "15.177.0.0/18",
  "54.183.255.128/26",
  "54.228.16.0/26",
  "54.232.40.64/26",
  "54.241.32.64/26",
  "54.243.31.192/26",
  "54.244.52.192/26",
  "54.245.168.0/26",
  "54.248.220.0/26",
  "54.250.253.192/26",
  "54.251.31.128/26",
  "54.252.79.128/26",
  "54.252.254.192/26",
  "54.255.254.192/26",
  "107.23.255.0/26",
  "176.34.159.192/26",
  "177.71.207.128/26",
];
