export type { DeadLetter, ReplayResult, ReplaySelection } from './dead-letter.ts';
export { deadLetterOf, destinationOf } from './destination.ts';
export {
  type Destination,
  type Envelope,
  type EnvelopeOptions,
  fact,
  type Publish,
  task,
} from './envelope.ts';
export { isTransient } from './failure.ts';
export {
  type BatchHandler,
  type Handler,
  type MessageMeta,
  on,
  onBatch,
  type Received,
  UndecodableError,
} from './handler.ts';
export {
  type ConsumeFacts,
  connectKafka,
  type FactHandling,
  type KafkaBroker,
} from './kafka/connect-kafka.ts';
export type { Consumption } from './kafka/consumption.ts';
export type { TopicOptions } from './kafka/topics.ts';
export { publishTo } from './publish.ts';
export { type ConsumeTasks, connectRabbit, type RabbitBroker } from './rabbit/connect-rabbit.ts';
export { delayStep } from './rabbit/topology.ts';
export type { Work } from './rabbit/worker.ts';
