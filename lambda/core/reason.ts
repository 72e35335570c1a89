/**
 * Who can do something about it: `ours`, the prober's or the configuration's; `path`, the network between, or a host
 * that is off, which one location alone cannot tell apart; `endpoint`, what is probed, its DNS and certificate included.
 */
export type Fault = "ours" | "path" | "endpoint";

/** Why a probe failed: a closed list, so that alerts and histories can be counted; whose fault it is, and what it says. */
const table = {
  "dns-nxdomain": ["endpoint", "DNS knows no such name."],
  "dns-no-address": ["endpoint", "DNS knows the name, but no address of it."],
  "dns-servfail": ["endpoint", "DNS could not find out: the zone's name servers are broken or unreachable."],
  "dns-refused": ["endpoint", "The DNS server refused to answer."],
  "dns-timeout": ["path", "DNS did not answer in time."],
  "dns-failed": ["endpoint", "DNS answered with something that is of no use."],
  "dns-unreachable": ["ours", "The location has no DNS server that it can reach."],
  "address-refused": ["endpoint", "DNS names an address that is no service's, such as a loopback address."],
  "connect-refused": ["endpoint", "The host is there, and nothing listens on the port."],
  "connect-timeout": [
    "path",
    "Nothing answered: the host is off, or a firewall or the network drops packets.",
  ],
  "connect-unreachable": ["path", "There is no route to the host."],
  "connect-failed": ["path", "The connection could not be made for another reason."],
  "starttls-refused": ["endpoint", "The server does not go over to TLS when it is asked to."],
  "tls-timeout": ["endpoint", "The host accepted the connection and did not finish the TLS handshake."],
  "tls-closed": ["endpoint", "The connection was closed during the TLS handshake."],
  "tls-not-spoken": ["endpoint", "The port answers, but not with TLS."],
  "tls-version": [
    "endpoint",
    "The server has no version of TLS that is good enough: 1.2, or the one wanted.",
  ],
  "tls-refused": ["endpoint", "The server broke the TLS handshake off with an alert."],
  "tls-client-certificate": ["endpoint", "The server wants a certificate of the client."],
  "tls-expired": ["endpoint", "The certificate has expired."],
  "tls-not-yet-valid": ["endpoint", "The certificate is not valid yet."],
  "tls-name-mismatch": ["endpoint", "The certificate is for another name."],
  "tls-untrusted": ["endpoint", "The certificate's issuer is not trusted, or its chain is incomplete."],
  "tls-expires-soon": ["endpoint", "The certificate is valid, but not for as many days as wanted."],
  "tls-failed": ["endpoint", "The TLS connection failed for another reason."],
  reset: ["endpoint", "The connection was reset."],
  "closed-early": ["endpoint", "The connection was closed before the answer was complete."],
  "first-byte-timeout": ["endpoint", "The request was taken, and no answer began in time."],
  "headers-timeout": ["endpoint", "The answer began, and its headers did not end in time."],
  "body-timeout": ["endpoint", "The answer's body did not end in time."],
  "headers-too-large": ["endpoint", "The answer has more headers than are read."],
  "not-http": ["endpoint", "The port answers, but not with HTTP/1.1."],
  "protocol-unexpected": ["endpoint", "The server does not offer the version of HTTP that is wanted."],
  "bad-response": ["endpoint", "The answer breaks the rules of its protocol."],
  "status-unexpected": ["endpoint", "The answer has another status code than those wanted."],
  "refused-to-us": [
    "endpoint",
    "A firewall or a rate limit does not let the probe in (401, 403, 407, 429): no outage, no health.",
  ],
  "header-mismatch": ["endpoint", "A header of the answer is not as wanted."],
  "redirect-refused": [
    "endpoint",
    "The answer leads where no probe goes: another protocol, back to plain http, a private address.",
  ],
  "redirect-limit": ["endpoint", "The answer leads on and on."],
  "url-unexpected": ["endpoint", "The redirects led to another URL than wanted."],
  "body-too-large": ["endpoint", "The answer's body is larger than is read, or than it may be."],
  "body-too-small": ["endpoint", "The answer's body is smaller than it may be."],
  "body-encoding": [
    "endpoint",
    "The body is compressed in a way that is not read; the request asked for none.",
  ],
  "body-mismatch": ["endpoint", "The answer's body is not as wanted."],
  "json-mismatch": ["endpoint", "The answer's JSON is not as wanted, or is none."],
  "answer-mismatch": ["endpoint", "What came over the connection does not have the text that is wanted."],
  "dns-wrong-answer": ["endpoint", "The DNS server that is checked answered, and not as wanted."],
  "not-serving": ["endpoint", "The server of gRPC does not say that it is SERVING."],
  "too-slow": ["endpoint", "The answer was good, but later than wanted."],
  "bad-check": ["ours", "The check makes no sense."],
  "secret-unreadable": ["ours", "A secret that the check refers to could not be read."],
  "prober-late": ["ours", "The prober itself was too busy."],
  "prober-unable": [
    "ours",
    "The prober's machine could not: no descriptor, memory or port left, or its own firewall forbids it.",
  ],
  "no-time": ["ours", "The time for all tries was up before this one had an answer."],
} as const satisfies Readonly<Record<string, readonly [Fault, string]>>;

export type Reason = keyof typeof table;

/** Every reason, in the order in which a probe may meet them. */
export const reasons = Object.keys(table) as readonly Reason[];

export const faultOf = (reason: Reason): Fault => table[reason][0];

/** One sentence for people. */
export const sayReason = (reason: Reason): string => table[reason][1];

/** What is our own fault says nothing about the endpoint. */
export const isVoidReason = (reason: Reason): boolean => faultOf(reason) === "ours";
