import net from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { busyPorts, choosePortBase, MAX_REPLICAS, planPorts } from './ports.ts';

const SERVICES = ['order', 'cart', 'identity'];

describe('the port plan', () => {
  it('gives everything a port of its own, replicas included', () => {
    const plan = planPorts(20_000, SERVICES);
    const replicas = SERVICES.flatMap((service) =>
      Array.from({ length: MAX_REPLICAS }, (_, replica) =>
        Object.values(plan.ofService(service, replica)),
      ).flat(),
    );
    const first = new Set(
      SERVICES.map((service) => plan.ofService(service, 0)).flatMap((each) => Object.values(each)),
    );
    const all = [...[...plan.all().values()].filter((port) => !first.has(port)), ...replicas];
    expect(new Set(all).size).toBe(all.length);
  });

  it('does not depend on the order in which services are named', () => {
    expect(planPorts(20_000, SERVICES).ofService('order', 1)).toEqual(
      planPorts(20_000, [...SERVICES].reverse()).ofService('order', 1),
    );
  });

  it('parts engines from the rest', () => {
    const plan = planPorts(20_000, SERVICES);
    expect(plan.all('engines').has('postgres')).toBe(true);
    expect(plan.all('engines').has('edge')).toBe(false);
    expect(plan.all('platform').has('ratelimit')).toBe(true);
    expect(plan.all('engines').size + plan.all('platform').size).toBe(plan.all().size);
  });

  it('refuses services and replicas that it has no place for', () => {
    const plan = planPorts(20_000, SERVICES);
    expect(() => plan.ofService('nobody', 0)).toThrow('no service is called "nobody"');
    expect(() => plan.ofService('order', MAX_REPLICAS)).toThrow('replicas');
  });
});

describe('the first port', () => {
  it('is the one that the environment chooses', async () => {
    expect(await choosePortBase('dev', SERVICES, { SOUK_PORT_BASE: '9000' })).toBe(9000);
    expect(await choosePortBase('dev', SERVICES, {})).toBe(8080);
  });

  it.each(['80', 'x', '70000'])('is refused when it is %s', async (text) => {
    await expect(choosePortBase('dev', SERVICES, { SOUK_PORT_BASE: text })).rejects.toThrow('SOUK_PORT_BASE');
  });
});

it('names who is in the way', async () => {
  const server = net.createServer();
  const port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
  try {
    expect(await busyPorts(planPorts(port, []))).toContainEqual({ name: 'edge', port });
  } finally {
    server.close();
  }
});
