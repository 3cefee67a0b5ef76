import { Money } from '@souk/kernel';
import type { Sql } from '@souk/sql';
import type { OrderCounts, StatisticsStore } from '../app/order-statistics.ts';
import type { OrderState } from '../domain/order-state.ts';

interface StateRow {
  readonly state: OrderState;
  readonly orders: bigint;
}

interface ValueRow {
  readonly currency: string;
  readonly paid: bigint;
  readonly sold: string;
  readonly refunded: string;
  readonly cancelled: bigint;
}

interface UnitRow {
  readonly sold: bigint;
  readonly returned: bigint;
  readonly orders: bigint;
}

interface TimeRow {
  readonly state: OrderState;
  readonly visits: bigint;
  readonly mean: number;
  readonly median: number;
  readonly p95: number;
}

const STATES = `select state, count(*) as orders from orders
  where order_time >= :from and order_time < :until group by state order by state`;

const VALUES = `select currency, count(*) as paid, sum(total_minor)::text as sold, sum(refunded_minor)::text as refunded,
    count(*) filter (where state = 'cancelled') as cancelled
  from orders where order_time >= :from and order_time < :until and capture_time is not null
  group by currency order by currency`;

const UNITS = `select coalesce(sum(l.quantity), 0)::bigint as sold,
    coalesce(sum(back.units), 0)::bigint as returned, count(distinct back.order_id) as orders
  from orders o join order_lines l using (order_id)
  left join lateral (
    select r.order_id, sum(rl.good_quantity + rl.damaged_quantity) as units
    from returns r join return_lines rl using (return_id)
    where r.order_id = o.order_id and rl.line_id = l.line_id and r.state in ('received', 'completed')
    group by r.order_id having sum(rl.good_quantity + rl.damaged_quantity) > 0
  ) back on true
  where o.order_time >= :from and o.order_time < :until and o.capture_time is not null`;

/** Changes of the order's own state only: the history tells of payment, shipments and returns too. */
const TIMES = `with visit as (
    select h.to_state as state,
      extract(epoch from lead(h.change_time) over (partition by h.order_id order by h.position) - h.change_time) * 1000
        as ms
    from order_history h join orders o using (order_id)
    where o.order_time >= :from and o.order_time < :until and h.machine = 'order'
  )
  select state, count(*) as visits, avg(ms)::float8 as mean,
    percentile_cont(0.5) within group (order by ms)::float8 as median,
    percentile_cont(0.95) within group (order by ms)::float8 as p95
  from visit where ms is not null group by state order by state`;

/** Statistics over order's own tables, each by one pass over the range. */
export function postgresStatistics({ knex }: Sql): StatisticsStore {
  return {
    async count(from, until): Promise<OrderCounts> {
      const read = async <Row>(statement: string): Promise<readonly Row[]> =>
        (await knex.raw<{ rows: Row[] }>(statement, { from, until })).rows;
      const [states, values, units, times] = await Promise.all([
        read<StateRow>(STATES),
        read<ValueRow>(VALUES),
        read<UnitRow>(UNITS),
        read<TimeRow>(TIMES),
      ]);
      const sum = (of: (row: ValueRow) => bigint): number =>
        values.reduce((total, row) => total + Number(of(row)), 0);
      return {
        states: states.map(({ state, orders }) => ({ state, orders: Number(orders) })),
        values: values.map(({ currency, paid, sold, refunded }) => ({
          currency,
          paidOrders: Number(paid),
          sold: Money.of(currency, BigInt(sold)),
          refunded: Money.of(currency, BigInt(refunded)),
        })),
        paid: sum((row) => row.paid),
        cancelled: sum((row) => row.cancelled),
        returned: Number(units[0]?.orders ?? 0),
        soldUnits: Number(units[0]?.sold ?? 0),
        returnedUnits: Number(units[0]?.returned ?? 0),
        times: times.map(({ state, visits, mean, median, p95 }) => ({
          state,
          visits: Number(visits),
          meanMs: mean,
          medianMs: median,
          p95Ms: p95,
        })),
      };
    },
  };
}
