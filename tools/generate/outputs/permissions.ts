import type { Contract } from '../contract/contract.ts';
import { methodsOf } from '../contract/contract.ts';
import { byText } from '../contract/read-contract.ts';
import { HEADER } from './header.ts';

/** `gen/permissions.ts`: every permission the contracts know, with the RPCs it opens. */
export function renderPermissions(contract: Contract): string {
  const guarded = new Map<string, string[]>();
  for (const { auth, fullName } of methodsOf(contract)) {
    const permission = auth?.kind === 'permission' ? auth.permission : unlessPermissionOf(auth);
    if (permission !== undefined) {
      guarded.set(permission, [...(guarded.get(permission) ?? []), fullName]);
    }
  }
  const entries = [...guarded]
    .sort(([a], [b]) => byText(a, b))
    .map(([permission, rpcs]) => {
      const lines = rpcs.map((rpc) => `    '${rpc}',\n`);
      return `  '${permission}': [\n${lines.join('')}  ],\n`;
    });
  return `${HEADER}
/** Every permission of the platform, with the RPCs that its holder may call, or may call on what others own. */
export const permissionCatalogue = {
${entries.join('')}} as const satisfies Readonly<Record<string, readonly string[]>>;

/** A permission, written \`<service>.<resource>.<action>\`. */
export type Permission = keyof typeof permissionCatalogue;

/** Every permission, sorted. */
export const permissions: readonly Permission[] = [
${[...guarded.keys()]
  .sort(byText)
  .map((permission) => `  '${permission}',\n`)
  .join('')}];
`;
}

function unlessPermissionOf(
  auth: { kind: string; unlessPermission?: string } | undefined,
): string | undefined {
  return auth?.unlessPermission;
}
