/** What counts when the file says nothing, as it would be written there. */
export const defaults = {
  interval: "10s",
  staggered: false,
  timeout: "3s",
  failureThreshold: 3,
  confirmWithin: "5s",
  recoverAfter: "60s",
  mode: "shadow",
  ttl: "15s",
  failback: "manual",
  failbackAfter: "10m",
  maxMovesPerHour: 2,
  onForeign: "hold",
  via: "api",
  routing: "failover",
  steps: [5, 25, 100],
  stepFor: "5m",
  weight: 100,
  method: "GET",
  status: ["200-299"],
  protocol: "h1",
  addresses: "any",
  redirects: 0,
  private: false,
  verifyCertificate: true,
  rcode: "NOERROR",
  grace: "5m",
  ipv6: false,
  acceptSingleLocation: false,
} as const;

/** Public resolvers of three operators, which answer TLS on port 443. */
export const defaultReferences = ["1.1.1.1:443", "8.8.8.8:443", "9.9.9.9:443"] as const;

/**
 * The same operators' IPv6 addresses, added when something is probed by IPv6 (a location must see by the same
 * family it probes by). https://one.one.one.one, https://developers.google.com/speed/public-dns/docs/using,
 * https://quad9.net/service/service-addresses-and-features
 */
export const defaultReferencesIpv6 = [
  "[2606:4700:4700::1111]:443",
  "[2001:4860:4860::8888]:443",
  "[2620:fe::fe]:443",
] as const;
