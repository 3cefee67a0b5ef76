import type {
  DescEnum,
  DescEnumValue,
  DescField,
  DescFile,
  DescMessage,
  DescMethod,
  DescService,
} from '@bufbuild/protobuf';

/** A descriptor that can carry a comment. */
export type Commented = DescMessage | DescField | DescService | DescMethod | DescEnum | DescEnumValue;

/** Looks up the leading comment of a descriptor, without the indent; empty when there is none. */
export type Comments = (desc: Commented) => string;

/** Field numbers in `google.protobuf.FileDescriptorProto` and below, which make up source paths. */
const MESSAGE_IN_FILE = 4;
const ENUM_IN_FILE = 5;
const SERVICE_IN_FILE = 6;
const FIELD_IN_MESSAGE = 2;
const MESSAGE_IN_MESSAGE = 3;
const ENUM_IN_MESSAGE = 4;
const VALUE_IN_ENUM = 2;
const METHOD_IN_SERVICE = 2;

/** Reads comments from the source info of files; each file is indexed once, when first asked for. */
export function readComments(): Comments {
  const byFile = new Map<DescFile, Map<string, string>>();
  return (desc) => {
    const file = fileOf(desc);
    let index = byFile.get(file);
    if (index === undefined) {
      index = new Map();
      for (const location of file.proto.sourceCodeInfo?.location ?? []) {
        if (location.leadingComments !== '') {
          index.set(location.path.join('.'), tidy(location.leadingComments));
        }
      }
      byFile.set(file, index);
    }
    return index.get(pathOf(desc).join('.')) ?? '';
  };
}

function fileOf(desc: Commented): DescFile {
  switch (desc.kind) {
    case 'field':
    case 'rpc':
    case 'enum_value':
      return desc.parent.file;
    case 'message':
    case 'enum':
    case 'service':
      return desc.file;
  }
}

function pathOf(desc: Commented): number[] {
  switch (desc.kind) {
    case 'field':
      return [...pathOf(desc.parent), FIELD_IN_MESSAGE, desc.parent.fields.indexOf(desc)];
    case 'enum_value':
      return [...pathOf(desc.parent), VALUE_IN_ENUM, desc.parent.values.indexOf(desc)];
    case 'rpc':
      return [...pathOf(desc.parent), METHOD_IN_SERVICE, desc.parent.methods.indexOf(desc)];
    case 'service':
      return [SERVICE_IN_FILE, desc.file.services.indexOf(desc)];
    case 'message':
      return desc.parent === undefined
        ? [MESSAGE_IN_FILE, desc.file.proto.messageType.indexOf(desc.proto)]
        : [...pathOf(desc.parent), MESSAGE_IN_MESSAGE, desc.parent.proto.nestedType.indexOf(desc.proto)];
    case 'enum':
      return desc.parent === undefined
        ? [ENUM_IN_FILE, desc.file.proto.enumType.indexOf(desc.proto)]
        : [...pathOf(desc.parent), ENUM_IN_MESSAGE, desc.parent.proto.enumType.indexOf(desc.proto)];
  }
}

function tidy(comment: string): string {
  return comment
    .split('\n')
    .map((line) => line.replace(/^ /, '').trimEnd())
    .join('\n')
    .trim();
}
