import type { Comments } from '../contract/comments.ts';
import type { Contract, MessagePackage } from '../contract/contract.ts';
import { componentName, Schemas } from '../json-schema/schemas.ts';
import type { JsonObject } from '../outputs/json.ts';
import { jsonText } from '../outputs/json.ts';

const DESCRIPTION = `What services tell each other besides calling: facts over Kafka, one topic a package, keyed by aggregate; tasks over
RabbitMQ, one queue a package. A message is CloudEvents in binary mode: attributes in headers, protobuf as the value. The
schemas show the protobuf messages as their JSON. The first part of an address is the platform's namespace.`;

/** `gen/asyncapi.json`: an AsyncAPI 3 document of every fact and task. */
export function renderAsyncApi(contract: Contract): string {
  const schemas = new Schemas(contract.comments);
  const packages = contract.messagePackages;
  const messages = Object.fromEntries(
    packages.flatMap((each) =>
      each.messages.map((desc) => [
        componentName(desc.typeName),
        messageOf(desc, contract.comments, schemas),
      ]),
    ),
  );
  return jsonText({
    asyncapi: '3.0.0',
    info: {
      title: 'Souk',
      version: 'v1',
      description: DESCRIPTION,
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
    defaultContentType: 'application/protobuf',
    servers: {
      kafka: { host: 'kafka:9092', protocol: 'kafka' },
      rabbitmq: { host: 'rabbitmq:5672', protocol: 'amqp' },
    },
    channels: Object.fromEntries(packages.map((each) => [channelName(each), channelOf(each)])),
    operations: Object.fromEntries(packages.map((each) => [`${channelName(each)}.send`, sending(each)])),
    components: { messages, messageTraits: { cloudEvent: CLOUD_EVENT }, schemas: schemas.components() },
  });
}

function channelName({ service, kind }: MessagePackage): string {
  return `${service}.${kind}`;
}

function channelOf({ name, service, kind, messages }: MessagePackage): JsonObject {
  const broker = kind === 'events' ? 'kafka' : 'rabbitmq';
  return {
    address: name,
    description:
      kind === 'events' ? `Facts of ${service}.` : `Work for ${service}, each task for one worker.`,
    servers: [{ $ref: `#/servers/${broker}` }],
    messages: Object.fromEntries(
      messages.map((desc) => [desc.name, { $ref: `#/components/messages/${componentName(desc.typeName)}` }]),
    ),
  };
}

function sending(each: MessagePackage): JsonObject {
  return { action: 'send', channel: { $ref: `#/channels/${channelName(each)}` } };
}

function messageOf(
  desc: MessagePackage['messages'][number],
  comments: Comments,
  schemas: Schemas,
): JsonObject {
  return {
    name: desc.typeName,
    title: desc.name,
    description: comments(desc),
    traits: [{ $ref: '#/components/messageTraits/cloudEvent' }],
    payload: schemas.message(desc),
  };
}

const TEXT: JsonObject = { type: 'string' };

const CLOUD_EVENT: JsonObject = {
  headers: {
    type: 'object',
    properties: {
      ce_id: { ...TEXT, format: 'uuid', description: 'Unique; consumers drop what they have seen.' },
      ce_type: { ...TEXT, description: "The protobuf message's full name." },
      ce_source: { ...TEXT, description: 'The service that says so.' },
      ce_subject: { ...TEXT, description: 'The aggregate, which is also the key.' },
      ce_time: { ...TEXT, format: 'date-time' },
      ce_specversion: { ...TEXT, const: '1.0' },
      traceparent: { ...TEXT, description: 'W3C trace context of what caused it.' },
    },
    required: ['ce_id', 'ce_type', 'ce_source', 'ce_time'],
  },
};
