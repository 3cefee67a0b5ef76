import { connectKafka } from '@souk/messaging';
import { openSql, relayOutbox } from '@souk/sql';
import { migrations, readSetting } from './setting.ts';

// Relays what the producer commits, as every service does.
const { host } = readSetting();
relayOutbox(host, await openSql(host, { migrations }), connectKafka(host));
