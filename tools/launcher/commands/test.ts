import type { Profile } from '../profile.ts';

export async function runTests(profile: Profile, args: readonly string[]): Promise<void> {
  throw new Error(`${profile.name} ${args.join()}`);
}
