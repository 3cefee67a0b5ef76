export {
  defineService,
  type ServiceContext,
  type ServiceDefinition,
  type StartedService,
} from './define-service.ts';
export { ConfigError, type Environment } from './environment.ts';
export type { HttpHandler } from './ops-server.ts';
export { runService } from './run-service.ts';
export { type RunningService, startService } from './start-service.ts';
