import { NodeHttpHandler } from "@smithy/node-http-handler";

/** Connecting takes milliseconds within AWS; a second is a fault. */
const connectionTimeoutMs = 1_000;

/** No call of ours takes longer than this in good health. */
const requestTimeoutMs = 3_000;

/**
 * Connections to one service. The SDK counts the wait for a free one as connecting, and its 50 would let the lease's
 * renewal queue behind hundreds of services that write in the same second.
 */
const maxSockets = 250;

/**
 * What every AWS client is made with. The SDK's request time-out only warns unless it is told to throw. Endpoints
 * and credentials are left to the SDK, so that `AWS_ENDPOINT_URL` and its kin work everywhere.
 *
 * @param maxAttempts 1 where sending again is not safe, or where the caller has a better plan
 */
export const clientSettings = (maxAttempts: number, timeoutMs = requestTimeoutMs) => ({
  maxAttempts,
  requestHandler: new NodeHttpHandler({
    httpAgent: { keepAlive: true, maxSockets },
    httpsAgent: { keepAlive: true, maxSockets },
    connectionTimeout: connectionTimeoutMs,
    requestTimeout: timeoutMs,
    throwOnRequestTimeout: true,
    // The request time-out ends with the answer's first line; an answer that stops half-way runs into this one.
    socketTimeout: timeoutMs,
  }),
});
