import { gzipSync } from 'node:zlib';
import { toBinary } from '@bufbuild/protobuf';
import { type Answer, describe, isBroken } from '../calling/answer.ts';
import { framed, sendFrames } from '../calling/raw-call.ts';
import { pathOf } from '../contract.ts';
import { damageSince, takeVitals } from '../health.ts';
import type { Person } from '../people.ts';
import { validRequest } from '../requests/generate.ts';
import { type Random, randomOf } from '../requests/random.ts';
import { withoutThrottle } from '../served.ts';
import { Tally } from '../tally.ts';

const MIB = 1_024 * 1_024;

/** S7: requests that are no good protobuf, or more than anybody needs, at every RPC by somebody who may call them all. */
export async function attackWithProtobuf(person: Person, seed: number, rounds: number): Promise<Tally> {
  const tally = new Tally('mutated protobuf, broken frames and bombs over gRPC and gRPC-web');
  const before = takeVitals();
  const random = randomOf(seed);
  for (const method of withoutThrottle) {
    const valid = validRequest(method.desc.input, seed);
    const bytes = valid === undefined ? new Uint8Array() : toBinary(method.desc.input, valid);
    const bodies: Body[] = [
      ...fixedBodies(bytes),
      ...Array.from({ length: rounds * 4 }, () => ({ what: 'mutated', body: framed(mutate(bytes, random)) })),
    ];
    await Promise.all(
      bodies.map(async ({ what, body, headers = {} }, index) => {
        const token = person.token();
        const sent = { ...headers, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) };
        const protocol = index % 2 === 0 ? 'gRPC' : 'gRPC-web';
        const answer = await sendFrames(protocol, pathOf(method.desc), body, sent);
        tally.refusal(
          isHarmless(answer, what),
          () =>
            `${method.fullName}, ${what}, over ${protocol}: ${describe(answer)} ${body.subarray(0, 60).toString('hex')}`,
        );
      }),
    );
  }
  tally.faults.push(...damageSince(before));
  return tally;
}

function isHarmless(answer: Answer, what: string): boolean {
  // Of frames that are none, gRPC's servers and Envoy say INTERNAL or UNKNOWN: its protocol has no better words.
  return !isBroken(answer) || isCut(answer) || (what !== 'mutated' && answer.code !== 'GARBLED');
}

/** A connection that was ended is a refusal, too. */
function isCut({ code, reason }: Answer): boolean {
  return code === 'GARBLED' && /HTTP 4\d\d|REFUSED|CANCEL|PROTOCOL|ECONNRESET|no status|closed/i.test(reason);
}

// Made once: each takes longer than to send it.
const BOMB = gzipSync(Buffer.alloc(64 * MIB));
const NESTED = nested(10_000);

interface Body {
  readonly what: string;
  readonly body: Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

function fixedBodies(bytes: Uint8Array): Body[] {
  return [
    { what: 'no frame', body: Buffer.alloc(0) },
    { what: 'half a frame', body: framed(bytes).subarray(0, 3) },
    { what: 'a frame that promises more', body: Buffer.concat([Buffer.from([0, 0, 1, 0, 0]), bytes]) },
    { what: 'a frame of 4 GiB', body: Buffer.from([0, 255, 255, 255, 255, 1]) },
    { what: 'two frames', body: Buffer.concat([framed(bytes), framed(bytes)]) },
    { what: 'an unknown flag', body: Buffer.concat([Buffer.from([7]), framed(bytes).subarray(1)]) },
    { what: 'compressed by nothing known', body: framed(bytes, true) },
    { what: 'nested 10,000 deep', body: framed(NESTED) },
    { what: 'a varint without end', body: framed(Buffer.alloc(2_000, 0xff)) },
    { what: 'a million empty fields', body: framed(Buffer.alloc(2 * MIB, Buffer.from([0x0a, 0x00]))) },
    { what: 'beyond the size limit', body: framed(Buffer.alloc(5 * MIB)) },
    { what: 'a compression bomb', body: framed(BOMB, true), headers: { 'grpc-encoding': 'gzip' } },
  ];
}

/** Field 1 in field 1 in field 1. */
function nested(depth: number): Buffer {
  let inner = Buffer.alloc(0);
  for (let level = 0; level < depth; level += 1) {
    inner = Buffer.concat([Buffer.from([0x0a]), varint(inner.length), inner]);
    if (inner.length > MIB) break;
  }
  return inner;
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  return Buffer.from([...bytes, rest]);
}

function mutate(bytes: Uint8Array, random: Random): Buffer {
  let result = Buffer.from(bytes);
  for (let change = random.int(1, 4); change > 0; change -= 1) {
    const at = random.int(0, Math.max(0, result.length - 1));
    switch (random.int(0, 4)) {
      case 0:
        if (result.length > 0) result[at] = random.int(0, 255);
        break;
      case 1:
        result = Buffer.concat([
          result.subarray(0, at),
          Buffer.from([random.int(0, 255)]),
          result.subarray(at),
        ]);
        break;
      case 2:
        result = result.subarray(0, at);
        break;
      case 3:
        result = Buffer.concat([
          result.subarray(0, at),
          Buffer.from([0xff, 0xff, 0xff, 0xff, 0x0f]),
          result.subarray(at),
        ]);
        break;
      default:
        result = Buffer.concat([result, result.subarray(at)]);
    }
  }
  return result;
}
