import { Money } from '@souk/kernel';
import type { RestockedUnits } from '../ports.ts';

/** Money as it is kept in a saga's data: JSON knows no bigint. */
export interface StoredMoney {
  readonly currency: string;
  readonly minor: string;
}

/** Money for a saga's data. */
export function toStored(money: Money): StoredMoney {
  return { currency: money.currency, minor: money.minor.toString() };
}

/** Money from a saga's data. */
export function fromStored(money: StoredMoney): Money {
  return Money.of(money.currency, BigInt(money.minor));
}

/** Reads a saga's stored data field by field, refusing what has another type. */
export interface DataReader {
  text(name: string): string;
  /** A text that sagas of before did not have. */
  textOr(name: string, absent: string): string;
  count(name: string): number;
  flag(name: string): boolean;
  money(name: string): StoredMoney;
  /** Units to restock. */
  units(name: string): readonly RestockedUnits[];
  /** An object inside; undefined when it is not there. */
  part<T>(name: string, read: (part: DataReader) => T): T | undefined;
  /** A list; empty when it is not there. */
  list<T>(name: string, read: (item: DataReader) => T): readonly T[];
}

/** A reader of stored data. */
export function readData(data: unknown): DataReader {
  const fields = recordOf(data, 'data');
  const text = (name: string): string => {
    const value = fields[name];
    return typeof value === 'string' ? value : malformed(name);
  };
  const count = (name: string): number => {
    const value = fields[name];
    return typeof value === 'number' ? value : malformed(name);
  };
  const list = <T>(name: string, read: (item: DataReader) => T): readonly T[] => {
    const value = fields[name] ?? [];
    if (!Array.isArray(value)) return malformed(name);
    return value.map((item: unknown) => read(readData(item)));
  };
  return {
    text,
    textOr: (name, absent) => (fields[name] === undefined ? absent : text(name)),
    count,
    flag: (name) => fields[name] === true,
    money(name) {
      const money = readData(fields[name]);
      return { currency: money.text('currency'), minor: money.text('minor') };
    },
    units: (name) =>
      list(name, (units) => ({
        sku: units.text('sku'),
        quantity: units.count('quantity'),
        locationId: units.textOr('locationId', ''),
      })),
    part: (name, read) => (fields[name] === undefined ? undefined : read(readData(fields[name]))),
    list,
  };
}

function recordOf(value: unknown, name: string): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : malformed(name);
}

function malformed(name: string): never {
  throw new TypeError(`a saga's stored data has no proper ${name}`);
}
