import { StockChangedSchema } from '@souk/gen/souk/inventory/events/v1/inventory_events_pb';
import { connectKafka, onBatch } from '@souk/messaging';
import { acceptAllOnce, openSql } from '@souk/sql';
import { migrations, readSetting } from './setting.ts';

// Takes events, each once: what was taken before is recorded in the transaction of the effect.
const { host } = readSetting();
const sql = await openSql(host, { migrations });
connectKafka(host).consume({
  group: 'events',
  batch: onBatch([StockChangedSchema], async (received) => {
    await sql.transaction(async (trx) => {
      const fresh = await acceptAllOnce(
        trx,
        'events',
        received.map(({ meta }) => meta.id),
      );
      const rows = received
        .filter(({ meta }) => fresh.has(meta.id))
        .map(({ message }) => ({ aggregate: message.sku, number: Number(message.version) }));
      if (rows.length > 0) await trx('consumed').insert(rows);
    });
  }),
});
