import { setTimeout as sleep } from 'node:timers/promises';
import kafkajs, { type Admin, type Kafka } from 'kafkajs';

/** How topics are made that do not exist yet. */
export interface TopicOptions {
  /** Partitions, 3 if left out. One partition is read by one consumer at a time and keeps its order. */
  readonly partitions?: number;
}

/** Makes topics and remembers which are there. */
export interface Topics {
  /** Makes what is missing and waits until every partition has a leader. Facts are kept for ever. */
  ensure(names: readonly string[], options?: TopicOptions): Promise<void>;
  /** Runs work with a connected administration client. */
  withAdmin<T>(work: (admin: Admin) => Promise<T>): Promise<T>;
}

/** Repeats an administrative request that a broker refuses while it still learns about a new topic. */
export async function settled<T>(request: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await request();
    } catch (error) {
      if (attempt >= 30 || !(error instanceof kafkajs.KafkaJSError) || !error.retriable) throw error;
      await sleep(100);
    }
  }
}

/** Topics of one cluster. */
export function topicsOf(kafka: Kafka): Topics {
  const known = new Set<string>();

  async function withAdmin<T>(work: (admin: Admin) => Promise<T>): Promise<T> {
    const admin = kafka.admin();
    await admin.connect();
    try {
      return await work(admin);
    } finally {
      await admin.disconnect();
    }
  }

  // One at a time, so that a publisher and a consumer of the same topic do not both make it.
  let last: Promise<unknown> = Promise.resolve();
  function ensure(names: readonly string[], options: TopicOptions = {}): Promise<void> {
    if (names.every((name) => known.has(name))) return Promise.resolve();
    const turn = last.then(() => make(names, options));
    last = turn.catch(() => undefined);
    return turn;
  }

  async function make(names: readonly string[], { partitions = 3 }: TopicOptions): Promise<void> {
    const unknown = [...new Set(names)].filter((name) => !known.has(name));
    if (unknown.length === 0) return;
    await withAdmin(async (admin) => {
      const present = new Set(await admin.listTopics());
      const missing = unknown.filter((name) => !present.has(name));
      if (missing.length > 0) await createTopics(admin, missing, partitions);
      await waitForLeaders(admin, unknown);
    });
    for (const name of unknown) known.add(name);
  }

  return { ensure, withAdmin };
}

async function createTopics(admin: Admin, names: readonly string[], partitions: number): Promise<void> {
  const topics = names.map((topic) => ({
    topic,
    numPartitions: partitions,
    configEntries: [
      { name: 'retention.ms', value: '-1' },
      { name: 'cleanup.policy', value: 'delete' },
    ],
  }));
  try {
    await admin.createTopics({ topics, waitForLeaders: false });
  } catch (error) {
    // Another process may have made some of them meanwhile.
    const present = new Set(await admin.listTopics());
    if (!names.every((name) => present.has(name))) throw error;
  }
}

// A producer that writes before the leaders are known repeats itself; see docs of the package.
async function waitForLeaders(admin: Admin, names: readonly string[]): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      const { topics } = await admin.fetchTopicMetadata({ topics: [...names] });
      if (
        topics.every(
          ({ partitions }) => partitions.length > 0 && partitions.every(({ leader }) => leader >= 0),
        )
      )
        return;
    } catch (error) {
      if (attempt >= 50) throw error;
    }
    if (attempt >= 50) throw new Error(`topics without a leader: ${names.join(', ')}`);
    await sleep(100);
  }
}
