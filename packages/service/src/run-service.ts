import type { z } from 'zod';
import type { ServiceDefinition } from './define-service.ts';
import { ConfigError } from './environment.ts';
import { startService } from './start-service.ts';

/**
 * Runs a service as this process: starts it from the process's environment, drains on SIGTERM and SIGINT, and exits 1
 * with a clear message when it cannot start.
 */
export async function runService<Shape extends z.ZodRawShape>(
  definition: ServiceDefinition<Shape>,
): Promise<void> {
  try {
    const service = await startService(definition, process.env);
    const stop = (): void => {
      void service.stop().then(() => process.exit(0));
    };
    process.once('SIGTERM', stop);
    process.once('SIGINT', stop);
  } catch (error) {
    process.stderr.write(
      `${definition.name}: ${error instanceof ConfigError ? error.message : describe(error)}\n`,
    );
    process.exit(1);
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
