import { z } from 'zod';

const endpoint = z.object({
  /** An IP address, or a DNS name that may resolve to several replicas. */
  host: z.string(),
  port: z.int(),
});

/** Where something listens. */
export type Endpoint = Readonly<z.infer<typeof endpoint>>;

/** Reads the settings of an edge from JSON. */
export const edgeSettings = z.strictObject({
  /** Where shoppers call: REST, gRPC and gRPC-web on one port. */
  listen: endpoint,
  /** Envoy's own admin interface. Keep it on loopback. */
  admin: endpoint,
  /** The replicas of each service, by its short name. Every service with an exposed RPC must be there. */
  services: z.record(z.string(), z.array(endpoint).readonly()),
  /**
   * A folder of endpoint files, one `<service>.json` a service as `renderEndpoints` makes them. Envoy follows them when
   * they are replaced by a rename, so replicas come and go without a restart. Unset: `services` is all there is.
   */
  endpointsDir: z.string().optional(),
  /** Identity's plain HTTP port, which serves `/.well-known/`. */
  identityHttp: z.array(endpoint).readonly(),
  /** The global rate limit service's gRPC port. Unset: only the local limit holds. */
  rateLimit: z.array(endpoint).readonly().optional(),
  /** The `iss` of access tokens. */
  issuer: z.string(),
  /** Path of `gen/transcoding.binpb` as Envoy sees it. */
  descriptorPath: z.string(),
  /** A file, or `/dev/stdout`. */
  accessLogPath: z.string(),
  /** Origins whose pages may call; `*` inside stands for any port or label. */
  corsOrigins: z.array(z.string()).readonly(),
  /** Client addresses that no limit by address holds back, for example the operator's own machine. */
  unlimitedAddresses: z.array(z.string()).readonly(),
  /** Proxies before this one whose X-Forwarded-For is believed; 0 when clients connect directly. */
  trustedHops: z.int().nonnegative(),
  /** Where Envoy sheds load, in bytes of its own heap. */
  maxHeapBytes: z.int().positive(),
  /** An OTLP collector's gRPC port. Unset: trace ids are made and passed on, spans go nowhere. */
  otlp: endpoint.optional(),
});

/** What differs between two platforms that run the same edge. */
export type EdgeSettings = Readonly<z.infer<typeof edgeSettings>>;
