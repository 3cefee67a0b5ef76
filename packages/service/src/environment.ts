import { z } from 'zod';

const port = z.coerce.number().int().min(0).max(65_535);

const platform = z.object({
  SOUK_NAMESPACE: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,40}$/, 'lower-case letters, digits and hyphens')
    .default('souk'),
  SOUK_POSTGRES_URL: z
    .url({ protocol: /^postgres(ql)?$/ })
    .default('postgres://souk:souk@127.0.0.1:5432/postgres'),
  SOUK_MONGODB_URL: z
    .string()
    .regex(/^mongodb(\+srv)?:\/\//)
    .default('mongodb://127.0.0.1:27017/'),
  SOUK_REDIS_URL: z.url({ protocol: /^rediss?$/ }).default('redis://127.0.0.1:6379'),
  SOUK_KAFKA_BROKERS: z.string().min(1).default('127.0.0.1:9092'),
  SOUK_RABBITMQ_URL: z.url({ protocol: /^amqps?$/ }).default('amqp://guest:guest@127.0.0.1:5672'),
  SOUK_ELASTICSEARCH_URL: z.url().default('http://127.0.0.1:9200'),
  SOUK_BIND_HOST: z.string().default('0.0.0.0'),
  SOUK_GRPC_PORT: port.default(50_051),
  SOUK_OPS_PORT: port.default(9_464),
  SOUK_ISSUER: z.url().default('https://souk.example'),
  SOUK_JWKS_URL: z.url().default('http://identity:9464/.well-known/jwks.json'),
  // How long privileged tokens are taken after identity was last heard of; see docs/adr.
  SOUK_REVOCATION_GRACE_S: z.coerce.number().int().positive().default(60),
  SOUK_MESH_KEY: z.string().min(1, 'the private JWK of this service; the launcher makes one'),
  SOUK_MESH_JWKS: z.string().min(1, 'the public JWKS of the mesh; the launcher makes one'),
  SOUK_SECRET: z.string().min(32, 'at least 32 characters, the same for every service'),
  SOUK_LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
  SOUK_MAX_IN_FLIGHT: z.coerce.number().int().positive().default(1_000),
  SOUK_DRAIN_DELAY_MS: z.coerce.number().int().min(0).default(0),
  SOUK_DRAIN_GRACE_MS: z.coerce.number().int().positive().default(20_000),
  OTEL_EXPORTER_OTLP_ENDPOINT: z.url().optional(),
});

/** The settings that every service has, by their environment names. */
export type PlatformConfig = z.infer<typeof platform>;

/** Environment variables. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A setting is missing or malformed. The message says which, and what is wanted. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** Reads the platform's settings. @throws ConfigError naming every wrong variable. */
export function readPlatformConfig(env: Environment): PlatformConfig {
  return parse(platform, env, (key) => key);
}

/**
 * Reads a service's own settings: key `reservationTtlS` of service `order` is `SOUK_ORDER_RESERVATION_TTL_S`.
 *
 * @throws ConfigError naming every wrong variable.
 */
export function readServiceConfig<Shape extends z.ZodRawShape>(
  service: string,
  schema: z.ZodObject<Shape>,
  env: Environment,
): z.infer<z.ZodObject<Shape>> {
  const nameOf = (key: string): string =>
    `SOUK_${service.replaceAll('-', '_')}_${key.replace(/[A-Z]/g, '_$&')}`.toUpperCase();
  const values = Object.fromEntries(Object.keys(schema.shape).map((key) => [key, env[nameOf(key)]]));
  return parse(schema, values, nameOf);
}

/** The address of another service: `SOUK_ORDER_ADDRESS`, or its name in the cluster's DNS. */
export function addressOf(service: string, env: Environment): string {
  return env[`SOUK_${service.toUpperCase().replaceAll('-', '_')}_ADDRESS`] ?? `${service}:50051`;
}

function parse<Schema extends z.ZodType>(
  schema: Schema,
  values: object,
  nameOf: (key: string) => string,
): z.infer<Schema> {
  // An empty variable means an unset one, as shells and manifests write it.
  const given = Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined && value !== ''),
  );
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => `${nameOf(String(issue.path[0]))}: ${issue.message}`);
  throw new ConfigError(`configuration:\n  ${problems.join('\n  ')}`);
}
