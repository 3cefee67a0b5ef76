import { Code, ConnectError } from '@connectrpc/connect';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ReservationState } from '@souk/gen/souk/inventory/v1/reservation_pb';
import { RestockCondition } from '@souk/gen/souk/inventory/v1/inventory_service_pb';
import { newId } from '@souk/kernel';
import { errorInfoOf } from '@souk/rpc';
import { eventually } from '@souk/testing';
import { reservationOf, startInventory, type TestInventory } from './start-inventory.ts';

/** What nobody has decided yet: a patient caller asks again, with the same order. */
const UNDECIDED = ['DEADLINE_EXCEEDED', 'DEPENDENCY_UNAVAILABLE', 'CONFLICT', 'CANCELLED', 'OVERLOADED'];

/** Asks until there is an answer. */
const patiently = async <T>(call: () => Promise<T>): Promise<T> => {
  for (;;) {
    try {
      return await call();
    } catch (error) {
      const isLate = error instanceof ConnectError && error.code === Code.DeadlineExceeded;
      if (!isLate && !UNDECIDED.includes(errorInfoOf(error)?.reason ?? '')) throw error;
    }
  }
};

/** The reason of a refusal, undefined for a success. */
const reasonOf = (call: () => Promise<unknown>): Promise<string | undefined> =>
  patiently(call).then(
    () => undefined,
    (error: unknown) => errorInfoOf(error)?.reason ?? String(error),
  );

describe('reservations', () => {
  let inventory: TestInventory;
  beforeAll(async () => {
    inventory = await startInventory();
  });
  afterAll(() => inventory.service.stop());

  /** The level of a SKU, as its movements add up. */
  const level = async (sku: string): Promise<{ onHand: bigint; reserved: bigint }> => {
    const { movements } = await inventory.staff.listMovements({ sku, pageSize: 1_000 });
    return movements.reduce(
      (sum, { onHandDelta, reservedDelta }) => ({
        onHand: sum.onHand + onHandDelta,
        reserved: sum.reserved + reservedDelta,
      }),
      { onHand: 0n, reserved: 0n },
    );
  };
  const requireSoundLedger = async (): Promise<void> => {
    const check = await inventory.staff.checkLedger({});
    expect(check.breaks).toEqual([]);
    expect(check.checkedCount).toBeGreaterThan(0);
  };

  it('sells exactly 50 of 50 units to 200 buyers at once', async () => {
    await inventory.receive('HOT', 50n);
    const orders = Array.from({ length: 200 }, () => newId());
    const outcomes = await Promise.all(
      orders.map((id) => reasonOf(() => inventory.order.reserveStock(reservationOf(id, ['HOT', 1n])))),
    );
    expect(outcomes.filter((outcome) => outcome === undefined)).toHaveLength(50);
    expect(outcomes.filter((outcome) => outcome === 'STOCK_INSUFFICIENT')).toHaveLength(150);
    const sold = orders.filter((_, index) => outcomes[index] === undefined);
    await Promise.all(
      sold.map((orderId) =>
        patiently(() => inventory.order.commitReservation({ orderId, requestId: newId() })),
      ),
    );
    await expect(level('HOT')).resolves.toEqual({ onHand: 0n, reserved: 0n });
    await requireSoundLedger();
  });

  it('takes crossing orders without deadlock, all lines or none', async () => {
    for (const sku of ['X1', 'X2', 'X3']) await inventory.receive(sku, 20n);
    const skus = ['X1', 'X2', 'X3'] as const;
    const outcomes = await Promise.all(
      Array.from({ length: 40 }, (_, n) =>
        reasonOf(() =>
          inventory.order.reserveStock(
            reservationOf(
              newId(),
              [skus[n % 3] ?? 'X1', 1n],
              [skus[(n + 1) % 3] ?? 'X1', 1n],
              [skus[n % 3] ?? 'X1', 1n],
            ),
          ),
        ),
      ),
    );
    expect(outcomes.every((outcome) => outcome === undefined || outcome === 'STOCK_INSUFFICIENT')).toBe(true);
    const levels = await Promise.all(skus.map(level));
    const reserved = levels.reduce((sum, { reserved: units }) => sum + units, 0n);
    expect(reserved).toBe(3n * BigInt(outcomes.filter((outcome) => outcome === undefined).length));
    await requireSoundLedger();
  });

  it('counts lines with the same SKU together', async () => {
    await inventory.receive('TWICE', 3n);
    const call = inventory.order.reserveStock(reservationOf(newId(), ['TWICE', 2n], ['TWICE', 2n]));
    const info = errorInfoOf(await call.catch((error: unknown) => error));
    expect(info?.metadata).toEqual({ sku: 'TWICE', requested: '4', available: '3' });
  });

  it('reserves once per order, however often and at once it is asked', async () => {
    await inventory.receive('ONCE', 5n);
    const orderId = newId();
    const ask = (): Promise<string | undefined> =>
      patiently(() => inventory.order.reserveStock(reservationOf(orderId, ['ONCE', 4n]))).then(
        (response) => response.reservation?.reservationId,
      );
    const ids = await Promise.all(Array.from({ length: 10 }, ask));
    expect(new Set(ids).size).toBe(1);
    expect(await reasonOf(() => inventory.order.reserveStock(reservationOf(orderId, ['ONCE', 1n])))).toBe(
      'RESERVATION_CONFLICT',
    );
    await expect(level('ONCE')).resolves.toEqual({ onHand: 5n, reserved: 4n });
  });

  it('commits and releases exactly once', async () => {
    await inventory.receive('ENDS', 10n);
    const [sold, given] = [newId(), newId()];
    await patiently(() => inventory.order.reserveStock(reservationOf(sold, ['ENDS', 3n])));
    await patiently(() => inventory.order.reserveStock(reservationOf(given, ['ENDS', 4n])));
    await Promise.all(
      Array.from({ length: 5 }, () =>
        patiently(() => inventory.order.commitReservation({ orderId: sold, requestId: newId() })),
      ),
    );
    await Promise.all(
      Array.from({ length: 5 }, () =>
        patiently(() => inventory.order.releaseReservation({ orderId: given, requestId: newId() })),
      ),
    );
    await expect(level('ENDS')).resolves.toEqual({ onHand: 7n, reserved: 0n });
    expect(
      await reasonOf(() => inventory.order.releaseReservation({ orderId: sold, requestId: newId() })),
    ).toBe('RESERVATION_COMMITTED');
    expect(
      await reasonOf(() => inventory.order.commitReservation({ orderId: given, requestId: newId() })),
    ).toBe('RESERVATION_RELEASED');
    expect(
      await reasonOf(() => inventory.order.commitReservation({ orderId: newId(), requestId: newId() })),
    ).toBe('RESERVATION_NOT_FOUND');
  });

  it('are further ones of the same order, each with its own id and allocations', async () => {
    await inventory.receive('MORE', 10n);
    const [orderId, reservationId] = [newId(), newId()];
    const first = await patiently(() =>
      inventory.order.reserveStock({
        orderId,
        requestId: newId(),
        lines: [
          { sku: 'MORE', quantity: 1n, lineId: 'b' },
          { sku: 'MORE', quantity: 2n, lineId: 'a' },
        ],
      }),
    );
    expect(first.reservation?.reservationId).toBe(orderId);
    expect(first.reservation?.lines.map(({ quantity }) => quantity)).toEqual([3n]);
    expect(first.reservation?.allocations.map(({ lineId, quantity }) => [lineId, quantity])).toEqual([
      ['b', 1n],
      ['a', 2n],
    ]);
    await patiently(() =>
      inventory.order.reserveStock({ ...reservationOf(orderId, ['MORE', 4n]), reservationId }),
    );
    await inventory.order.commitReservation({ orderId, requestId: newId() });
    await inventory.order.releaseReservation({ orderId, reservationId, requestId: newId() });
    await expect(level('MORE')).resolves.toEqual({ onHand: 7n, reserved: 0n });
    const { reservation } = await inventory.order.getReservation({ orderId, reservationId });
    expect(reservation?.state).toBe(ReservationState.RELEASED);
    expect(await reasonOf(() => inventory.order.getReservation({ orderId: newId(), reservationId }))).toBe(
      'RESERVATION_NOT_FOUND',
    );
  });

  it('run longer when extended, and not once they have ended', async () => {
    await inventory.receive('LONG', 2n);
    const orderId = newId();
    const ttl = { seconds: 60n, nanos: 0 };
    const extend = (id: string): Promise<string | undefined> =>
      reasonOf(() => inventory.order.extendReservation({ orderId: id, ttl, requestId: newId() }));
    await inventory.order.reserveStock({
      ...reservationOf(orderId, ['LONG', 1n]),
      ttl: { seconds: 1n, nanos: 0 },
    });
    expect(await extend(orderId)).toBeUndefined();
    const { reservation } = await inventory.order.getReservation({ orderId });
    const seconds =
      Number(reservation?.expireTime?.seconds ?? 0n) - Number(reservation?.createTime?.seconds ?? 0n);
    expect(seconds).toBeGreaterThanOrEqual(59);
    await inventory.order.commitReservation({ orderId, requestId: newId() });
    expect(await extend(orderId)).toBe('RESERVATION_COMMITTED');
    expect(await extend(newId())).toBe('RESERVATION_NOT_FOUND');
    const given = newId();
    await inventory.order.reserveStock(reservationOf(given, ['LONG', 1n]));
    await inventory.order.releaseReservation({ orderId: given, requestId: newId() });
    expect(await extend(given)).toBe('RESERVATION_RELEASED');
  });

  it('bars an order that gave up before its reservation arrived', async () => {
    await inventory.receive('LATE', 10n);
    const orderId = newId();
    await patiently(() => inventory.order.releaseReservation({ orderId, requestId: newId() }));
    expect(await reasonOf(() => inventory.order.reserveStock(reservationOf(orderId, ['LATE', 1n])))).toBe(
      'RESERVATION_RELEASED',
    );
    await expect(level('LATE')).resolves.toEqual({ onHand: 10n, reserved: 0n });
  });

  it('gives back what was held too long, and never sells it twice', async () => {
    await inventory.receive('SHORT', 30n);
    const orders = Array.from({ length: 30 }, () => newId());
    await Promise.all(
      orders.map((id) =>
        reasonOf(() =>
          inventory.order.reserveStock({
            ...reservationOf(id, ['SHORT', 1n]),
            ttl: { seconds: 1n, nanos: 0 },
          }),
        ),
      ),
    );
    // Half of the buyers pay at about the moment at which time is up.
    await new Promise((resolve) => setTimeout(resolve, 900));
    const paid = await Promise.all(
      orders
        .slice(0, 15)
        .map((orderId) => reasonOf(() => inventory.order.commitReservation({ orderId, requestId: newId() }))),
    );
    const sold = BigInt(paid.filter((outcome) => outcome === undefined).length);
    await eventually(async () => {
      await expect(level('SHORT')).resolves.toEqual({ onHand: 30n - sold, reserved: 0n });
    });
    const late = orders.at(-1) ?? '';
    expect(
      await reasonOf(() => inventory.order.commitReservation({ orderId: late, requestId: newId() })),
    ).toBe('RESERVATION_EXPIRED');
    expect(
      (await inventory.order.releaseReservation({ orderId: late, requestId: newId() })).reservation?.state,
    ).toBe(ReservationState.EXPIRED);
    await requireSoundLedger();
  });

  it('books a return once', async () => {
    await inventory.receive('BACK', 1n);
    const request = {
      returnId: newId(),
      orderId: newId(),
      requestId: newId(),
      lines: [
        { sku: 'BACK', quantity: 2n, condition: RestockCondition.GOOD },
        { sku: 'BACK', quantity: 1n, condition: RestockCondition.DAMAGED },
      ],
    };
    await Promise.all(
      Array.from({ length: 5 }, () => patiently(() => inventory.order.restockReturn(request))),
    );
    await expect(level('BACK')).resolves.toEqual({ onHand: 3n, reserved: 0n });
    expect(
      await reasonOf(() => inventory.order.restockReturn({ ...request, lines: request.lines.slice(1) })),
    ).toBe('RETURN_CONFLICT');
    await requireSoundLedger();
  });
});
