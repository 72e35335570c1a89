import { may } from "./schema-keys.ts";
import * as v from "./schema-values.ts";

const connect = (description: string) =>
  may(v.place(false), description, { examples: ["192.168.0.10:8080"] });

/** Where the check of an endpoint goes. */
export const endpointWays = {
  https: may(v.url("https"), "The URL to ask."),
  http: may(v.url("http"), "The URL to ask, without TLS."),
  tcp: may(v.place(true), "`host:port` that must accept a connection."),
  tls: may(v.place(false), "`host` or `host:port` that must complete a TLS handshake.", {
    otherwise: "port 443",
  }),
  udp: may(v.place(true), "`host:port` that must answer a datagram."),
  dns: may(v.place(false), "`host` or `host:port` of a DNS server that must answer.", {
    otherwise: "port 53",
  }),
  wss: may(v.url("wss"), "The URL that must go over to WebSocket."),
  ws: may(v.url("ws"), "The same without TLS."),
  grpcs: may(v.place(false), "`host` or `host:port` of a server of gRPC that must say SERVING.", {
    otherwise: "port 443",
  }),
  grpc: may(v.place(true), "The same without TLS, as `host:port`."),
  connect: connect("`host` or `host:port` to connect to instead; the request stays the same."),
};

/** Where the check of every target of a service goes. */
export const serviceWays = {
  https: may(v.requestPath(), "The path to ask every target for."),
  http: may(v.requestPath(), "The path to ask every target for, without TLS."),
  tcp: may(v.port(), "The port of every target that must accept a connection."),
  tls: may(v.port(), "The port of every target that must complete a TLS handshake."),
  udp: may(v.port(), "The port of every target that must answer a datagram."),
  dns: may(v.port(), "The port of every target, DNS servers, that must answer."),
  wss: may(v.requestPath(), "The path where every target must go over to WebSocket."),
  ws: may(v.requestPath(), "The same without TLS."),
  grpcs: may(v.port(), "The port of every target where gRPC's health service must say SERVING."),
  grpc: may(v.port(), "The same without TLS."),
};

/** Where the check of one target goes. */
export const targetWays = {
  https: may(v.pathOrUrl("https"), "Another path, or a URL to ask instead of the target's own address."),
  http: may(v.pathOrUrl("http"), "The same without TLS."),
  tcp: may(v.port(), "Another port that must accept a connection."),
  tls: may(v.port(), "Another port that must complete a TLS handshake."),
  udp: may(v.port(), "Another port that must answer a datagram."),
  dns: may(v.port(), "Another port where a DNS server must answer."),
  wss: may(v.pathOrUrl("wss"), "Another path that must go over to WebSocket, or a URL."),
  ws: may(v.pathOrUrl("ws"), "The same without TLS."),
  grpcs: may(v.port(), "Another port where gRPC's health service must say SERVING."),
  grpc: may(v.port(), "The same without TLS."),
  connect: connect("`host` or `host:port` to connect to instead of `value`; the request stays the same."),
};
