import { createHash } from 'node:crypto';
import { type Client, errors, type estypes } from '@elastic/elasticsearch';
import type { Logger } from '@souk/kernel';
import { bulkWrite, type IndexOperation } from './bulk.ts';
import type { Search } from './open-search.ts';

/** What an index is made of. A changed definition leads to a new index. */
export interface IndexDefinition {
  readonly settings: estypes.IndicesIndexSettings;
  readonly mappings: estypes.MappingTypeMapping;
}

/** Writes everything there is to an index that is being built. */
export type FillIndex = (write: (operations: readonly IndexOperation[]) => Promise<void>) => Promise<void>;

/** Nobody waits for the upkeep of an index, and a busy server takes its time for it. */
const PATIENT = { requestTimeout: 60_000 };

/**
 * An index behind an alias. The alias names the one index in use; a new one is filled beside it and takes over at once.
 */
export class SearchIndex {
  readonly alias: string;
  private readonly client: Client;
  private readonly definition: IndexDefinition;
  private readonly log: Logger;
  private building: Promise<void> | undefined;

  constructor(search: Search, name: string, definition: IndexDefinition, log: Logger) {
    this.client = search.client;
    this.alias = `${search.prefix}${name}`;
    this.definition = definition;
    this.log = log;
  }

  /**
   * Sees to it that the alias names a filled index of the present definition: builds one when there is none, it is empty, or
   * it has another definition. Calls that come while one is under way share it.
   */
  async ensure(fill: FillIndex): Promise<void> {
    this.building ??= this.buildIfNeeded(fill).finally(() => {
      this.building = undefined;
    });
    return this.building;
  }

  /** Fills a new index from the source and switches to it, without a moment in which searches find nothing. */
  async rebuild(fill: FillIndex): Promise<void> {
    const index = `${this.alias}-${this.definitionHash()}-${Date.now().toString(36)}`;
    await this.client.indices.create({ index, ...this.definition }, PATIENT);
    try {
      await fill((operations) => bulkWrite(this.client, { index, requireAlias: false }, operations));
      await this.client.indices.refresh({ index }, PATIENT);
      await this.switchTo(index);
    } catch (error) {
      await this.client.indices.delete({ index }, PATIENT).catch(() => undefined);
      throw error;
    }
    this.log.info({ index }, 'search: index built');
  }

  /** @throws IndexMissingError when the index was lost: call {@link ensure}. */
  async write(operations: readonly IndexOperation[]): Promise<void> {
    await bulkWrite(this.client, { index: this.alias, requireAlias: true }, operations);
  }

  /** Runs a search on the index in use. */
  async search<Document>(
    request: Omit<estypes.SearchRequest, 'index'>,
    signal?: AbortSignal,
  ): Promise<estypes.SearchResponse<Document>> {
    return this.client.search<Document>(
      { index: this.alias, ...request },
      signal === undefined ? {} : { signal },
    );
  }

  private async buildIfNeeded(fill: FillIndex): Promise<void> {
    const current = await this.currentIndexes();
    const isPresent = current.some((index) => index.startsWith(`${this.alias}-${this.definitionHash()}-`));
    if (isPresent) {
      const { count } = await this.client.count({ index: this.alias }, PATIENT);
      if (count > 0) return;
    }
    await this.rebuild(fill);
  }

  private async switchTo(index: string): Promise<void> {
    const old = await this.currentIndexes();
    // An index that was created by accident under the alias's own name would block the alias.
    if (old.length === 0 && (await this.client.indices.exists({ index: this.alias }, PATIENT)))
      await this.client.indices.delete({ index: this.alias }, PATIENT);
    const removals = old.map((name) => ({ remove_index: { index: name } }));
    const actions = [{ add: { index, alias: this.alias } }, ...removals];
    await this.client.indices.updateAliases({ actions }, PATIENT);
  }

  private async currentIndexes(): Promise<string[]> {
    try {
      return Object.keys(await this.client.indices.getAlias({ name: this.alias }, PATIENT));
    } catch (error) {
      if (error instanceof errors.ResponseError && error.statusCode === 404) return [];
      throw error;
    }
  }

  private definitionHash(): string {
    return createHash('sha256').update(JSON.stringify(this.definition)).digest('hex').slice(0, 8);
  }
}

/** Whether a fault means that the index is absent, not that the engine is away. */
export function isIndexMissing(error: unknown): boolean {
  return error instanceof errors.ResponseError && error.statusCode === 404;
}
