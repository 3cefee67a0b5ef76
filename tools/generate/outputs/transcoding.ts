import { fromBinary, getExtension, hasExtension, setExtension, toBinary } from '@bufbuild/protobuf';
import { type FileDescriptorSet, FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { http } from '@souk/gen/google/api/annotations_pb';
import type { HttpRule } from '@souk/gen/google/api/http_pb';

/** Bytes as they are, which the transcoder sends as they are. */
const RAW_BODY = '.google.api.HttpBody';

/**
 * `gen/transcoding.binpb`: the descriptor set for Envoy's transcoder.
 *
 * The transcoder refuses to start on a `response_body` that is no HttpBody, so it is told of those only; the edge unwraps
 * the one field of others itself, after the transcoder (see tools/envoy/unwrap.ts).
 */
export function renderTranscoding(descriptorSet: Uint8Array): Uint8Array {
  const set = fromBinary(FileDescriptorSetSchema, descriptorSet);
  const isRaw = rawFields(set);
  for (const { options, outputType } of set.file
    .flatMap((file) => file.service)
    .flatMap((service) => service.method)) {
    if (options === undefined || !hasExtension(options, http)) continue;
    const rule = getExtension(options, http);
    if (!isRaw.has(`${outputType}.${rule.responseBody}`))
      setExtension(options, http, withoutResponseBody(rule));
  }
  return toBinary(FileDescriptorSetSchema, set);
}

/** The full names of all fields of top-level messages that hold raw bodies. */
function rawFields(set: FileDescriptorSet): ReadonlySet<string> {
  return new Set(
    set.file.flatMap((file) =>
      file.messageType.flatMap((message) =>
        message.field
          .filter((field) => field.typeName === RAW_BODY)
          .map((field) => `.${file.package}.${message.name}.${field.name}`),
      ),
    ),
  );
}

function withoutResponseBody(rule: HttpRule): HttpRule {
  return { ...rule, responseBody: '', additionalBindings: rule.additionalBindings.map(withoutResponseBody) };
}
