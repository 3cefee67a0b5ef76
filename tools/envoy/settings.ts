/** Where something listens. */
export interface Endpoint {
  /** An IP address, or a DNS name that may resolve to several replicas. */
  readonly host: string;
  readonly port: number;
}

/** What differs between two platforms that run the same edge. */
export interface EdgeSettings {
  /** Where shoppers call: REST, gRPC and gRPC-web on one port. */
  readonly listen: Endpoint;
  /** Envoy's own admin interface. Keep it on loopback. */
  readonly admin: Endpoint;
  /** The replicas of each service, by its short name. Every service with an exposed RPC must be there. */
  readonly services: Readonly<Record<string, readonly Endpoint[]>>;
  /**
   * A folder of endpoint files, one `<service>.json` a service as `renderEndpoints` makes them. Envoy follows them when
   * they are replaced by a rename, so replicas come and go without a restart. Unset: `services` is all there is.
   */
  readonly endpointsDir?: string;
  /** Identity's plain HTTP port, which serves `/.well-known/`. */
  readonly identityHttp: readonly Endpoint[];
  /** The global rate limit service's gRPC port. Unset: only the local limit holds. */
  readonly rateLimit?: readonly Endpoint[];
  /** The `iss` of access tokens. */
  readonly issuer: string;
  /** Path of `gen/transcoding.binpb` as Envoy sees it. */
  readonly descriptorPath: string;
  /** A file, or `/dev/stdout`. */
  readonly accessLogPath: string;
  /** Origins whose pages may call; `*` inside stands for any port or label. */
  readonly corsOrigins: readonly string[];
  /** Client addresses that no limit by address holds back, for example the operator's own machine. */
  readonly unlimitedAddresses: readonly string[];
  /** Proxies before this one whose X-Forwarded-For is believed; 0 when clients connect directly. */
  readonly trustedHops: number;
  /** Where Envoy sheds load, in bytes of its own heap. */
  readonly maxHeapBytes: number;
  /** An OTLP collector's gRPC port. Unset: trace ids are made and passed on, spans go nowhere. */
  readonly otlp?: Endpoint;
}
