import type { JsonValue } from '@bufbuild/protobuf';
import { gzipSync } from 'node:zlib';
import { rest } from '../../../support/rest.ts';
import { describe, isBroken } from '../calling/answer.ts';
import { restError } from '../calling/edge-call.ts';
import { restRequest } from '../calling/rest-request.ts';
import { damageSince, takeVitals } from '../health.ts';
import type { Person } from '../people.ts';
import { validRequest } from '../requests/generate.ts';
import { type Random, randomOf } from '../requests/random.ts';
import { withoutThrottle } from '../served.ts';
import { Tally } from '../tally.ts';

const MIB = 1_024 * 1_024;

/** Values that parsers have choked on. */
const ODD: readonly string[] = [
  'null',
  'true',
  '-1',
  '1e999',
  '-0',
  '1e-999',
  '9223372036854775808',
  '0.1',
  '""',
  '"\\u0000"',
  '"\\ud800"',
  '[]',
  '{}',
  '[[[[]]]]',
  '{"$gt":""}',
  '{"__proto__":{"admin":true}}',
  '{"@type":"type.googleapis.com/google.protobuf.Any"}',
  '"NaN"',
  '"Infinity"',
  '"9999-99-99T99:99:99Z"',
  '"0000-00-00T00:00:00Z"',
  `"${'A'.repeat(20_000)}"`,
  '"\\u202e\\u0007"',
];

/** S7: bodies that are no good JSON, or another JSON than the contract says, at every REST route. */
export async function attackWithJson(person: Person, seed: number, rounds: number): Promise<Tally> {
  const tally = new Tally('mutated JSON, deep nesting and bombs over REST');
  const before = takeVitals();
  const random = randomOf(seed);
  for (const method of withoutThrottle.filter((each) => !each.serverStreaming)) {
    const valid = validRequest(method.desc.input, seed);
    if (valid === undefined) {
      tally.skipped.push(`${method.fullName}: no valid request was found`);
      continue;
    }
    const { verb, path, body } = restRequest(method, valid);
    const bodies =
      body === undefined
        ? []
        : [...fixedBodies(), ...Array.from({ length: rounds * 6 }, () => mutate(body, random))];
    const paths = Array.from({ length: rounds * 2 }, () => oddPath(path, random));
    const attempts: { path: string; sent: Sent | undefined }[] = [
      ...bodies.map((sent) => ({ path, sent })),
      ...paths.map((odd) => ({
        path: odd,
        sent: body === undefined ? undefined : { raw: JSON.stringify(body) },
      })),
    ];
    await Promise.all(
      attempts.map(async ({ path: target, sent }) => {
        const reply = await rest(verb, target, { token: person.token(), ...sent }).catch(String);
        if (typeof reply === 'string') {
          tally.refusal(/ECONNRESET|EPIPE|hang up/.test(reply), () => `${method.fullName}: ${reply}`);
          return;
        }
        const answer =
          reply.status === 200 ? { code: 'OK', reason: '', text: '' } : restError(reply.status, reply.text);
        tally.refusal(
          !isBroken(answer),
          () =>
            `${verb} ${target.slice(0, 150)}: ${String(reply.status)} ${describe(answer)} ${(sent?.raw ?? '').slice(0, 200)}`,
        );
      }),
    );
  }
  tally.faults.push(...damageSince(before));
  return tally;
}

// Made once: it takes longer than to send it.
const BOMB = gzipSync(Buffer.alloc(64 * MIB));

interface Sent {
  readonly raw?: string;
  readonly rawBytes?: Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

function fixedBodies(): Sent[] {
  const deep = 20_000;
  return [
    { raw: '' },
    { raw: '{' },
    { raw: '\u0000' },
    { raw: '{"a":1}{"a":2}' },
    { raw: '{"requestId":"x","requestId":"y"}' },
    { raw: '['.repeat(deep) },
    { raw: '{"a":'.repeat(deep) },
    { raw: `${'{"product":'.repeat(500)}{}${'}'.repeat(500)}` },
    { raw: `"${'a'.repeat(MIB)}"` },
    {
      rawBytes: Buffer.from([0xff, 0xfe, 0x7b, 0x00]),
      headers: { 'content-type': 'application/json; charset=utf-16' },
    },
    {
      rawBytes: Buffer.from([0x7b, 0x22, 0xc3, 0x28, 0x22, 0x7d]),
      headers: { 'content-type': 'application/json' },
    },
    {
      rawBytes: BOMB,
      headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
    },
    { rawBytes: Buffer.from('a=b'), headers: { 'content-type': 'application/x-www-form-urlencoded' } },
    {
      rawBytes: Buffer.from('<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'),
      headers: { 'content-type': 'application/xml' },
    },
  ];
}

/** Puts an odd value somewhere into a good body, or damages its text. */
function mutate(body: JsonValue, random: Random): Sent {
  const text = JSON.stringify(body);
  const places = [...text.matchAll(/:("(?:[^"\\]|\\.)*"|-?\d[\d.]*|true|false|null|\[|\{)/g)];
  if (places.length === 0 || random.chance(0.2)) {
    const at = random.int(0, text.length);
    return {
      raw: text.slice(0, at) + random.pick(['"', '{', '}', '\\', '\u0000', ',', '']) + text.slice(at + 1),
    };
  }
  const place = random.pick(places);
  const from = place.index + 1;
  const isOpening = place[1] === '[' || place[1] === '{';
  const odd = random.pick(ODD);
  return {
    raw: `${text.slice(0, from)}${odd}${isOpening ? ',"x":' : ''}${text.slice(isOpening ? from : from + (place[1]?.length ?? 0))}`,
  };
}

function oddPath(path: string, random: Random): string {
  const [route = '', query = ''] = path.split('?');
  const parts = route.split('/');
  const odd = random.pick([
    '%00',
    '%ff',
    '..',
    '.',
    '%2e%2e',
    "'",
    '%22',
    '$ne',
    '-1',
    'a'.repeat(3_000),
    '%F0%9F%98%80',
    '*',
    ';a=b',
    '%0d%0aX:y',
  ]);
  if (random.chance(0.5)) parts[random.int(2, parts.length - 1)] = odd;
  const extra = random.pick([
    '',
    `page_size=${odd}`,
    `a[]=${odd}`,
    `${odd}=1`,
    'page_size=1&page_size=2',
    'page_token=AAAA',
    '=',
    '&&&&',
  ]);
  return `${parts.join('/')}?${[query, extra].filter((each) => each !== '').join('&')}`;
}
