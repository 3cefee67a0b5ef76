import { fromBinary, getExtension, hasExtension, setExtension, toBinary } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { http } from '@souk/gen/google/api/annotations_pb';
import type { HttpRule } from '@souk/gen/google/api/http_pb';

/**
 * `gen/transcoding.binpb`: the descriptor set for Envoy's transcoder.
 *
 * The transcoder refuses to start on a `response_body` that is no HttpBody, so it is told of none; the edge unwraps the
 * one field itself, after the transcoder (see tools/envoy/unwrap.ts).
 */
export function renderTranscoding(descriptorSet: Uint8Array): Uint8Array {
  const set = fromBinary(FileDescriptorSetSchema, descriptorSet);
  for (const { options } of set.file.flatMap((file) => file.service).flatMap((service) => service.method)) {
    if (options !== undefined && hasExtension(options, http)) {
      setExtension(options, http, withoutResponseBody(getExtension(options, http)));
    }
  }
  return toBinary(FileDescriptorSetSchema, set);
}

function withoutResponseBody(rule: HttpRule): HttpRule {
  return { ...rule, responseBody: '', additionalBindings: rule.additionalBindings.map(withoutResponseBody) };
}
