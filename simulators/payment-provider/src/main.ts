import { once } from 'node:events';
import { readConfig } from './config.ts';
import { providerServer } from './http/server.ts';
import { openProvider } from './provider.ts';

const config = readConfig(process.env);
const provider = await openProvider(config);
const server = providerServer(provider, config.apiKey);
server.listen(config.port, config.host);
await once(server, 'listening');
const address = server.address();
const port = typeof address === 'object' && address !== null ? address.port : config.port;
process.stdout.write(
  `${JSON.stringify({ level: 'info', msg: 'ready', service: 'payment-provider', port })}\n`,
);

const stop = (): void => {
  server.close(() => {
    void provider.close().then(() => process.exit(0));
  });
  server.closeIdleConnections();
};
process.once('SIGTERM', stop);
process.once('SIGINT', stop);
