import { expect, it } from '@jest/globals';
import { enginesFromEnvironment } from '../environment.ts';
import { hostsOf } from './obtain.ts';

it.each([
  ['postgres', 'postgres://u:p@db.example:6000/souk', [{ host: 'db.example', port: 6000 }]],
  ['postgres', 'postgres://u:p@db.example/souk', [{ host: 'db.example', port: 5432 }]],
  [
    'mongodb',
    'mongodb://u:p@a:1,b:2/?replicaSet=x',
    [
      { host: 'a', port: 1 },
      { host: 'b', port: 2 },
    ],
  ],
  [
    'kafka',
    'a:9092,b:9093',
    [
      { host: 'a', port: 9092 },
      { host: 'b', port: 9093 },
    ],
  ],
  ['elasticsearch', 'http://search', [{ host: 'search', port: 9200 }]],
])('knows where %s of %s listens', (name, address, hosts) => {
  expect(hostsOf(name, address)).toEqual(hosts);
});

it('takes engines from the environment, an empty variable meaning none', () => {
  expect(enginesFromEnvironment({ SOUK_REDIS_URL: 'redis://x', SOUK_KAFKA_BROKERS: '' })).toEqual({
    redis: 'redis://x',
  });
});
