import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { renderRateLimitConfig } from './global-limit.ts';
import { readLimits } from './limits.ts';
import { renderEnvoy } from './render.ts';
import { edgeSettings } from './settings.ts';

// Renders the edge for a settings file: `node tools/envoy/main.ts SETTINGS ENVOY LIMITS`. A process of its own, so that it
// sees the contracts and limits as they are now, however long its caller has run.
const [settingsFile = '', envoyFile = '', limitsFile = ''] = process.argv.slice(2);
const settings = edgeSettings.parse(JSON.parse(readFileSync(settingsFile, 'utf8')));
put(envoyFile, renderEnvoy(settings));
put(limitsFile, renderRateLimitConfig(readLimits(), settings.unlimitedAddresses));

/** Whoever reads the file sees the old content or the new. */
function put(file: string, content: unknown): void {
  writeFileSync(`${file}.new`, JSON.stringify(content, null, 2));
  renameSync(`${file}.new`, file);
}
