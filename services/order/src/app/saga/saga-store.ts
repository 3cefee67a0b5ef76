import type { Saga } from './saga.ts';

/** What the engine needs of a transaction. */
export interface SagaTransaction {
  /** Stores a new saga; its kind and subject must be new. */
  insertSaga(saga: Saga): Promise<void>;
  /** Stores a saga's progress if `holder` still holds it; false when another worker took it over. */
  saveSaga(saga: Saga, holder: string): Promise<boolean>;
}

/** Durable sagas. `Tx` is the transaction in which local stages work. */
export interface SagaStore<Tx extends SagaTransaction> {
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /** As `SagaTransaction.saveSaga`, in a transaction of its own. */
  saveSaga(saga: Saga, holder: string): Promise<boolean>;
  /** Takes up to `limit` sagas that have not ended and whose lease is over, for `leaseMs`, each with a new token. */
  claimDue(limit: number, leaseMs: number): Promise<readonly Saga[]>;
}
