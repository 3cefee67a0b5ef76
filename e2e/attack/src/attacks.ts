import { attackPaths } from './exposure/odd-paths.ts';
import { attackFraming } from './exposure/smuggling.ts';
import { attackWithInjection } from './injection/injection.ts';
import { attackWithJson } from './malformed/json.ts';
import { attackWithProtobuf } from './malformed/protobuf.ts';
import { attackWithIdentityHeaders } from './access/spoofed-identity.ts';
import { attackTokens } from './tokens/token-corpus.ts';
import { attackCallGraph } from './mesh/call-graph.ts';
import { attackOwnership } from './access/ownership-matrix.ts';
import { attackRoles } from './access/role-matrix.ts';
import { liveOn } from './access/shopper-life.ts';
import { administrator, anonymous, newAccount, newGuest } from './people.ts';
import type { Tally } from './tally.ts';

/** How hard to attack. */
export interface Effort {
  /** Repeats what is left to chance. */
  readonly seed: number;
  /** How often chance is tried per RPC. */
  readonly rounds: number;
}

/** One attack of docs/security.md. */
export interface Attack {
  /** Its number there. */
  readonly id: string;
  run(effort: Effort): Promise<readonly Tally[]>;
}

/** Every attack. */
export const attacks: readonly Attack[] = [
  {
    id: 'S1',
    run: async (): Promise<readonly Tally[]> => {
      const { accountId } = await newAccount('target');
      return [
        await attackWithIdentityHeaders(
          [anonymous, await newGuest(), await newAccount('shopper')],
          accountId,
        ),
      ];
    },
  },
  { id: 'S2', run: attackTokens },
  {
    id: 'S5',
    run: async ({ seed }: Effort): Promise<readonly Tally[]> => {
      const people = [
        anonymous,
        await newGuest(),
        await newAccount('shopper'),
        await newAccount('support', ['support']),
        await newAccount('merchandiser', ['merchandiser']),
        await administrator(),
      ];
      const [victim, rival] = [await liveOn('victim', seed), await liveOn('rival', seed + 1)];
      const guest = { person: await newGuest(), pool: rival.pool };
      return [await attackRoles(people), await attackOwnership(victim, [rival, guest])];
    },
  },
  {
    id: 'S6',
    run: async ({ seed, rounds }: Effort): Promise<readonly Tally[]> => [
      await attackPaths(await administrator(), seed, rounds),
      await attackFraming(),
    ],
  },
  {
    id: 'S7',
    run: async ({ seed, rounds }: Effort): Promise<readonly Tally[]> => {
      const shopper = await newAccount('fuzzer', ['support', 'merchandiser']);
      return [await attackWithProtobuf(shopper, seed, rounds), await attackWithJson(shopper, seed, rounds)];
    },
  },
  { id: 'S9', run: async () => [await attackCallGraph()] },
  {
    id: 'S12',
    run: async ({ seed, rounds }: Effort): Promise<readonly Tally[]> => {
      const people = [await newAccount('injector', ['support', 'merchandiser']), await newGuest()];
      return [await attackWithInjection(people, seed, rounds)];
    },
  },
];
