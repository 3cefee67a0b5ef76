import { expect, it } from '@jest/globals';
import { fillHoles } from './holes.ts';

it('puts values of any type into whole-string holes', () => {
  expect(
    fillHoles({ a: ['${list}'], b: 'x ${list}', c: '${number}' }, { list: { d: 1 }, number: 2 }),
  ).toEqual({
    a: [{ d: 1 }],
    b: 'x ${list}',
    c: 2,
  });
});

it('leaves out keys and items whose value is absent', () => {
  expect(fillHoles({ a: ['${none}', 1], b: '${none}' }, { none: undefined })).toEqual({ a: [1] });
});

it('refuses holes without a value and values without a hole', () => {
  expect(() => fillHoles({ a: '${missing}' }, {})).toThrow('no value for the hole ${missing}');
  expect(() => fillHoles({}, { spare: 1 })).toThrow('no hole for spare');
});
