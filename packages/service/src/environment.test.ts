import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { addressOf, ConfigError, readPlatformConfig, readServiceConfig } from './environment.ts';

const complete = { SOUK_MESH_KEY: '{}', SOUK_MESH_JWKS: '{}', SOUK_SECRET: 'x'.repeat(32) };

describe('the settings of a service', () => {
  it('have defaults for all but secrets', () => {
    expect(readPlatformConfig(complete).SOUK_NAMESPACE).toBe('souk');
    expect(() => readPlatformConfig({})).toThrow(/SOUK_MESH_KEY[\s\S]*SOUK_MESH_JWKS[\s\S]*SOUK_SECRET/);
  });

  it('are refused with every wrong name at once', () => {
    const wrong = { ...complete, SOUK_GRPC_PORT: '70000', SOUK_NAMESPACE: 'No!', SOUK_LOG_LEVEL: 'loud' };
    expect(() => readPlatformConfig(wrong)).toThrow(ConfigError);
    expect(() => readPlatformConfig(wrong)).toThrow(
      /SOUK_NAMESPACE[\s\S]*SOUK_GRPC_PORT[\s\S]*SOUK_LOG_LEVEL/,
    );
  });

  it('are named after the service and the key, and empty means unset', () => {
    const schema = z.object({ reservationTtlS: z.coerce.number().default(900) });
    expect(readServiceConfig('order', schema, { SOUK_ORDER_RESERVATION_TTL_S: '3' })).toEqual({
      reservationTtlS: 3,
    });
    expect(readServiceConfig('order', schema, { SOUK_ORDER_RESERVATION_TTL_S: '' })).toEqual({
      reservationTtlS: 900,
    });
    expect(() => readServiceConfig('order', schema, { SOUK_ORDER_RESERVATION_TTL_S: 'soon' })).toThrow(
      /SOUK_ORDER_RESERVATION_TTL_S/,
    );
  });

  it('know where other services are', () => {
    expect(addressOf('order', { SOUK_ORDER_ADDRESS: '127.0.0.1:1,127.0.0.1:2' })).toBe(
      '127.0.0.1:1,127.0.0.1:2',
    );
    expect(addressOf('order', {})).toBe('order:50051');
  });
});
