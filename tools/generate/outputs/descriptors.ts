import { clearField, fromBinary, toBinary } from '@bufbuild/protobuf';
import { FileDescriptorProtoSchema, FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';

/** `gen/souk.descriptors.binpb`: the descriptor set without comments and positions, a third of the size. */
export function renderDescriptors(annotated: Uint8Array): Uint8Array {
  const set = fromBinary(FileDescriptorSetSchema, annotated);
  for (const file of set.file) {
    clearField(file, FileDescriptorProtoSchema.field.sourceCodeInfo);
  }
  return toBinary(FileDescriptorSetSchema, set);
}
