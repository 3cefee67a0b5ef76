import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '@souk/kernel';
import pg from 'pg';
import { reservationOf, startInventory, type TestInventory } from './start-inventory.ts';

describe('the books', () => {
  let inventory: TestInventory;
  let database: pg.Pool;
  beforeAll(async () => {
    inventory = await startInventory();
    const address = new URL(inventory.service.engines.postgres);
    address.pathname = `/${inventory.service.namespace}_inventory`;
    database = new pg.Pool({ connectionString: address.href, max: 2 });
    database.on('error', () => undefined);
    await inventory.receive('A', 100n);
  });
  afterAll(async () => {
    await database.end();
    await inventory.service.stop();
  });

  it('refuse in the database itself stock that its movements do not explain', async () => {
    const refused = (statement: string): Promise<unknown> =>
      database.query(statement).then(
        () => 'accepted',
        (error: unknown) => (error instanceof Error ? error.message : error),
      );
    expect(await refused("UPDATE stock SET on_hand = on_hand + 1 WHERE sku = 'A'")).toMatch('not the sum');
    expect(await refused("UPDATE stock SET reserved = 5, position = position + 1 WHERE sku = 'A'")).toMatch(
      'not the sum',
    );
    expect(await refused("INSERT INTO stock (sku, location_id, on_hand) VALUES ('B', 'main', 1)")).toMatch(
      'begins with movements',
    );
    expect(await refused("DELETE FROM stock WHERE sku = 'A'")).toMatch('never removed');
    expect(
      await refused(
        `INSERT INTO movements (position, sku, location_id, kind, on_hand_delta, reserved_delta, damaged_delta, reference,
                                actor_id, request_id, create_time)
         VALUES (999999999, 'A', 'main', 'receipt', 1, 0, 0, '', '', '', now())`,
      ),
    ).toMatch('not in its stock');
    expect(await refused("UPDATE movements SET on_hand_delta = 0 WHERE sku = 'A'")).toMatch('append-only');
  });

  it('take one statement to reserve and one to sell', async () => {
    // Known to this process: levels, locations and a block of positions.
    await inventory.order.reserveStock(reservationOf(newId(), ['A', 1n]));
    const orderId = newId();
    await inventory.order.reserveStock(reservationOf(orderId, ['A', 1n]));
    await inventory.order.commitReservation({ orderId, requestId: newId() });
    const { rows } = await database.query<{ writers: string }>(
      `SELECT count(DISTINCT xmin::text) AS writers FROM movements WHERE reference = $1`,
      [orderId],
    );
    expect(rows[0]?.writers).toBe('2');
  });

  it('are never decided on what this process remembers when another one has changed them', async () => {
    await inventory.receive('MINE', 5n);
    await inventory.order.reserveStock(reservationOf(newId(), ['MINE', 1n]));
    // Another replica sells what is left, unknown to this one.
    await database.query(
      `WITH moved AS (
         INSERT INTO movements (position, sku, location_id, kind, on_hand_delta, reserved_delta, damaged_delta,
                                reference, actor_id, request_id, create_time)
         SELECT nextval('movement_blocks') * 1000, 'MINE', 'main', 'adjustment', -4, 0, 0, '', '', '', now()
         RETURNING position)
       UPDATE stock SET on_hand = on_hand - 4, version = version + 1, position = moved.position FROM moved
       WHERE sku = 'MINE'`,
    );
    await expect(inventory.order.reserveStock(reservationOf(newId(), ['MINE', 1n]))).rejects.toThrow(
      'Only 0 of',
    );
    await expect(inventory.order.reserveStock(reservationOf(newId(), ['MINE', 9n]))).rejects.toThrow(
      'Only 0 of',
    );
    const check = await inventory.staff.checkLedger({});
    expect(check.breaks).toEqual([]);
  });
});
