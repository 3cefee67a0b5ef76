import { addressFile, removeAddresses, writeAddresses } from '../addresses.ts';
import { obtainEngines } from '../engines/obtain.ts';
import type { Profile } from '../profile.ts';
import { createProgress } from '../progress.ts';
import { openSession } from '../session.ts';
import { waitForEnd } from '../wait-for-end.ts';

/** `engines`: starts a profile's engines alone and keeps them until it is ended. */
export async function runEngines(profile: Profile): Promise<void> {
  const session = await openSession(profile, 'engines', createProgress(process.stdout));
  try {
    const { addresses } = await obtainEngines(session, process.env);
    writeAddresses(profile, addresses);
    session.progress.line(
      `Engines of profile ${profile.name} run; addresses: ${addressFile(profile)}. Ctrl-C ends them.`,
    );
    await waitForEnd(session.ended);
  } finally {
    removeAddresses(profile);
    await session.close();
  }
}
