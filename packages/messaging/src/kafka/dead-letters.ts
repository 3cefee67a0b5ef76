import type { Kafka } from 'kafkajs';
import {
  DEAD,
  type DeadLetter,
  type ReplayResult,
  type ReplaySelection,
  readDeadLetter,
  revivedHeaders,
} from '../dead-letter.ts';
import { deadLetterOf } from '../destination.ts';
import { textHeaders } from '../headers.ts';
import { REPLAY_GROUP } from './process-batch.ts';
import type { OutgoingRecord, RecordPublisher } from './publisher.ts';
import { readAll, type StoredRecord } from './read-all.ts';
import type { Topics } from './topics.ts';

// Topics cannot delete a record; one that says "replayed" is appended instead.
const REPLAYED = 'souk-dead-replayed';

/** Dead letters of a topic that were not replayed yet, oldest first. */
export async function listTopicDeadLetters(
  kafka: Kafka,
  topics: Topics,
  topic: string,
): Promise<DeadLetter[]> {
  const waiting = await readWaiting(kafka, topics, topic);
  return waiting.map(({ raw }) => readDeadLetter(textHeaders(raw.headers), 'unknown'));
}

/**
 * Writes dead letters back to the end of their topic, for the group that gave up only, and marks them as replayed.
 * A crash in between leads to a second replay, which idempotent handlers bear.
 */
export async function replayTopicDeadLetters(
  kafka: Kafka,
  topics: Topics,
  publisher: RecordPublisher,
  topic: string,
  { ids }: ReplaySelection = {},
): Promise<ReplayResult> {
  const waiting = await readWaiting(kafka, topics, topic);
  const chosen = waiting.filter(({ raw }) => ids?.includes(textHeaders(raw.headers)['ce_id'] ?? '') ?? true);
  await publisher.send(chosen.map((record) => revived(topic, record)));
  await publisher.send(
    chosen.map((record) => ({
      topic: deadLetterOf(topic),
      message: { key: null, value: null, headers: { [REPLAYED]: placeOf(record) } },
    })),
  );
  return { replayed: chosen.length, kept: waiting.length - chosen.length };
}

function revived(topic: string, { raw }: StoredRecord): OutgoingRecord {
  const headers = textHeaders(raw.headers);
  const group = headers[DEAD.consumer] ?? '';
  return {
    topic,
    message: {
      key: raw.key,
      value: raw.value,
      headers: { ...revivedHeaders(headers), [REPLAY_GROUP]: group },
    },
  };
}

async function readWaiting(kafka: Kafka, topics: Topics, topic: string): Promise<StoredRecord[]> {
  const waiting = new Map<string, StoredRecord>();
  const replayed = new Set<string>();
  await readAll(kafka, topics, [deadLetterOf(topic)], (records) => {
    for (const record of records) {
      const marker = textHeaders(record.raw.headers)[REPLAYED];
      if (marker === undefined) waiting.set(placeOf(record), record);
      else replayed.add(marker);
    }
    return Promise.resolve();
  });
  return [...waiting].flatMap(([place, record]) => (replayed.has(place) ? [] : [record]));
}

function placeOf({ partition, raw }: StoredRecord): string {
  return `${partition}/${raw.offset}`;
}
