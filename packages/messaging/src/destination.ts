import type { DescMessage } from '@bufbuild/protobuf';
import type { ServiceHost } from '@souk/kernel';

/**
 * Name of the topic or queue that a message's protobuf package stands for: the package with `souk` replaced by the
 * host's namespace. Accepts a message or the package's name.
 */
export function destinationOf(
  host: Pick<ServiceHost, 'namespace'>,
  schemaOrPackage: DescMessage | string,
): string {
  const name = typeof schemaOrPackage === 'string' ? schemaOrPackage : schemaOrPackage.file.proto.package;
  if (!name.startsWith('souk.')) throw new RangeError(`${name} is not a package of this platform`);
  return `${host.namespace}.${name.slice('souk.'.length)}`;
}

/** What a dead-letter topic or queue is called besides its own. */
export const DEAD_LETTER_SUFFIX = '.dlq';

/** Name of the dead-letter topic or queue that belongs to a topic or queue. */
export function deadLetterOf(destination: string): string {
  return `${destination}${DEAD_LETTER_SUFFIX}`;
}
