import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { PlatformAddresses } from './addresses.ts';
import { platformFile } from './addresses.ts';
import { nodeEnvironment } from './environment.ts';
import type { Session } from './session.ts';
import { runTool } from './sources/run-tool.ts';

/** Imports the sample catalogue, prices and stock through the edge at a profile's first start. */
export async function importSampleDataOnce(session: Session, addresses: PlatformAddresses): Promise<void> {
  const { profile, progress } = session;
  const stamp = path.join(profile.folder, 'sample-data-imported');
  const importer = path.join(profile.root, 'tools/sample-data/main.ts');
  if (existsSync(stamp) || !existsSync(importer)) return;
  await progress.step('import sample data', () =>
    runTool(process.execPath, [importer], {
      cwd: profile.root,
      env: {
        ...nodeEnvironment(profile.root),
        SOUK_PLATFORM_FILE: platformFile(profile),
        SOUK_EDGE: addresses.edge,
        SOUK_ADMIN_EMAIL: addresses.admin.email,
        SOUK_ADMIN_PASSWORD: addresses.admin.password,
      },
    }),
  );
  writeFileSync(stamp, new Date().toISOString());
}
