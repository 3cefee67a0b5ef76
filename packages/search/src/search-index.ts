import { createHash } from 'node:crypto';
import { type Client, errors, type estypes } from '@elastic/elasticsearch';
import type { Logger } from '@souk/kernel';
import { bulkWrite, IndexMissingError, type IndexOperation } from './bulk.ts';
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

const NEXT = '-next-';

/** A build that is older than this, in milliseconds, was left behind by a process that ended in the middle of it. */
const ABANDONED_MS = 3_600_000;

/**
 * An index behind an alias. The alias names the one index in use; a new one is filled beside it and takes over at once.
 *
 * While an index is filled it has an alias of its own, `<alias>-next-<time>`, by which the writers of all processes find it:
 * what changes after the filling has read it reaches the new index too.
 */
export class SearchIndex {
  readonly alias: string;
  private readonly client: Client;
  private readonly definition: IndexDefinition;
  private readonly log: Logger;
  private building: Promise<void> | undefined;
  private rebuilding: Promise<void> = Promise.resolve();

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
    // One after the other: the one that was asked for last has read the source last and must stay.
    const turn = this.rebuilding.catch(() => undefined).then(() => this.build(fill));
    this.rebuilding = turn;
    return turn;
  }

  /**
   * Writes to the index in use and to those being built. The source must have been read before the call.
   *
   * @throws IndexMissingError when there is neither: call {@link ensure}.
   */
  async write(operations: readonly IndexOperation[]): Promise<void> {
    if (operations.length === 0) return;
    // Those being built come first: one that takes over meanwhile is written as the index in use. One that is begun
    // after this look reads a source that has the change already.
    let isWritten = false;
    for (const alias of await this.aliasesOfBuilds()) {
      if (await this.writeIfPresent(alias, operations)) isWritten = true;
    }
    if (await this.writeIfPresent(this.alias, operations)) isWritten = true;
    if (!isWritten) throw new IndexMissingError(`no index ${this.alias}`);
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

  private async build(fill: FillIndex): Promise<void> {
    const stamp = Date.now().toString(36);
    const index = `${this.alias}-${this.definitionHash()}-${stamp}`;
    const next = `${this.alias}${NEXT}${stamp}`;
    await this.client.indices.create({ index, ...this.definition, aliases: { [next]: {} } }, PATIENT);
    try {
      await fill((operations) => bulkWrite(this.client, { index: next, requireAlias: true }, operations));
      await this.client.indices.refresh({ index }, PATIENT);
      await this.switchTo(index, next);
    } catch (error) {
      await this.client.indices.delete({ index }, PATIENT).catch(() => undefined);
      throw error;
    }
    this.log.info({ index }, 'search: index built');
  }

  private async writeIfPresent(alias: string, operations: readonly IndexOperation[]): Promise<boolean> {
    try {
      await bulkWrite(this.client, { index: alias, requireAlias: true }, operations);
      return true;
    } catch (error) {
      if (error instanceof IndexMissingError) return false;
      throw error;
    }
  }

  private async switchTo(index: string, next: string): Promise<void> {
    const old = await this.currentIndexes();
    // An index that was created by accident under the alias's own name would block the alias.
    if (old.length === 0 && (await this.client.indices.exists({ index: this.alias }, PATIENT)))
      await this.client.indices.delete({ index: this.alias }, PATIENT);
    const removals = old.map((name) => ({ remove_index: { index: name } }));
    const actions = [
      { add: { index, alias: this.alias } },
      { remove: { index, alias: next, must_exist: true } },
      ...removals,
    ];
    await this.client.indices.updateAliases({ actions }, PATIENT);
  }

  /** The aliases of the indexes that some process is filling, without builds that never ended. */
  private async aliasesOfBuilds(): Promise<string[]> {
    const found = await this.indexesOf(`${this.alias}${NEXT}*`);
    const aliases = Object.values(found).flatMap((index) => Object.keys(index.aliases));
    const builds = aliases.filter((alias) => alias.startsWith(`${this.alias}${NEXT}`));
    return builds.filter((alias) => Date.now() - startOf(alias) < ABANDONED_MS);
  }

  private async currentIndexes(): Promise<string[]> {
    return Object.keys(await this.indexesOf(this.alias));
  }

  private async indexesOf(alias: string): Promise<estypes.IndicesGetAliasResponse> {
    try {
      return await this.client.indices.getAlias({ name: alias }, PATIENT);
    } catch (error) {
      if (error instanceof errors.ResponseError && error.statusCode === 404) return {};
      throw error;
    }
  }

  private definitionHash(): string {
    return createHash('sha256').update(JSON.stringify(this.definition)).digest('hex').slice(0, 8);
  }
}

/** When a build was begun, in epoch milliseconds, as the name of its alias tells. */
function startOf(alias: string): number {
  return Number.parseInt(alias.slice(alias.lastIndexOf('-') + 1), 36);
}

/** Whether a fault means that the index is absent, not that the engine is away. */
export function isIndexMissing(error: unknown): boolean {
  return error instanceof errors.ResponseError && error.statusCode === 404;
}
