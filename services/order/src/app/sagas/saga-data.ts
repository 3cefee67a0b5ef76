import { Money } from '@souk/kernel';
import type { Units } from '../ports.ts';

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
  money(name: string): StoredMoney;
  units(name: string): readonly Units[];
  flag(name: string): boolean;
}

/** A reader of stored data. */
export function readData(data: unknown): DataReader {
  const fields = recordOf(data, 'data');
  const text = (from: Record<string, unknown>, name: string): string => {
    const value = from[name];
    return typeof value === 'string' ? value : malformed(name);
  };
  return {
    text: (name) => text(fields, name),
    flag: (name) => fields[name] === true,
    money(name) {
      const money = recordOf(fields[name], name);
      return { currency: text(money, 'currency'), minor: text(money, 'minor') };
    },
    units(name) {
      const list = fields[name];
      if (!Array.isArray(list)) return malformed(name);
      return list.map((item: unknown) => {
        const units = recordOf(item, name);
        const { quantity } = units;
        return {
          sku: text(units, 'sku'),
          quantity: typeof quantity === 'number' ? quantity : malformed(name),
        };
      });
    },
  };
}

function recordOf(value: unknown, name: string): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : malformed(name);
}

function malformed(name: string): never {
  throw new TypeError(`a saga's stored data has no proper ${name}`);
}
