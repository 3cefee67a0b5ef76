import type { DescMessage, MessageInitShape } from '@bufbuild/protobuf';

/** A reply whose protobuf encoding exists already and is sent as it is. */
export class EncodedReply {
  readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }
}

/**
 * Answers an RPC with stored bytes, so that a cached message is neither decoded nor encoded again.
 * Protobuf fields concatenate, so a list can be assembled from encoded items with {@link encodeField}.
 *
 * @param _schema the reply's message type; it only fixes the type, the bytes are trusted to be its encoding.
 */
export function encodedReply<Desc extends DescMessage>(
  _schema: Desc,
  bytes: Uint8Array,
): MessageInitShape<Desc> {
  // The serialiser recognises the class; handlers and their types need not know of it.
  return new EncodedReply(bytes) as unknown as MessageInitShape<Desc>;
}

/** Frames encoded bytes as one length-delimited field (wire type 2): a message, string or bytes value of a list. */
export function encodeField(fieldNumber: number, value: Uint8Array): Uint8Array {
  const tag = varint((fieldNumber << 3) | 2);
  const length = varint(value.length);
  const framed = new Uint8Array(tag.length + length.length + value.length);
  framed.set(tag, 0);
  framed.set(length, tag.length);
  framed.set(value, tag.length + length.length);
  return framed;
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 0x7f) {
    bytes.push((rest & 0x7f) | 0x80);
    rest >>>= 7;
  }
  bytes.push(rest);
  return bytes;
}
