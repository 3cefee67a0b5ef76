import type { Account } from '../domain/account.ts';

/** An account as it is read, with its roles. */
export interface AccountRow {
  readonly account_id: string;
  readonly email: string;
  readonly email_key: string;
  readonly email_confirm_time: Date | null;
  readonly lock_time: Date | null;
  readonly password_hash: string;
  readonly display_name: string;
  readonly locale: string;
  readonly version: bigint;
  readonly create_time: Date;
  readonly roles: string[];
}

/** The columns of an account that changes write. */
export function accountColumns(account: Account): Record<string, unknown> {
  return {
    email: account.email,
    email_confirm_time: account.emailConfirmTime ?? null,
    lock_time: account.lockTime ?? null,
    display_name: account.displayName,
    locale: account.locale,
    version: account.version.toString(),
  };
}

/** An account from its row. */
export function toAccount(row: AccountRow): Account {
  return {
    id: row.account_id,
    email: row.email,
    emailConfirmTime: row.email_confirm_time ?? undefined,
    lockTime: row.lock_time ?? undefined,
    displayName: row.display_name,
    locale: row.locale,
    roles: row.roles,
    version: row.version,
    createTime: row.create_time,
  };
}
