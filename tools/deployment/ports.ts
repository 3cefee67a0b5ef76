/** Where every service serves gRPC, in Compose and Kubernetes. */
export const GRPC_PORT = 50_051;

/** Where every service serves metrics, probes and identity's key set. */
export const OPS_PORT = 9464;

/** Where the edge listens. */
export const EDGE_PORT = 8080;

/** Where the rate limit service serves gRPC. */
export const RATELIMIT_PORT = 8081;
