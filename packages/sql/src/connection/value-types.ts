import pg from 'pg';

const INT8 = 20;
const DATE = 1082;

/** `pg`'s type parsers, but `bigint` columns become JS bigints and `date` columns stay texts (they have no time zone). */
export const valueTypes = {
  getTypeParser: (oid: number, format?: string): ((value: string) => unknown) => {
    if (format !== 'binary') {
      if (oid === INT8) return (value: string): bigint => BigInt(value);
      if (oid === DATE) return (value: string): string => value;
    }
    // pg types its parsers as `any`.
    const parse: unknown = pg.types.getTypeParser(oid, format === 'binary' ? 'binary' : 'text');
    if (typeof parse !== 'function') throw new TypeError(`no parser for type ${String(oid)}`);
    return (value) => {
      const parsed: unknown = Reflect.apply(parse, undefined, [value]);
      return parsed;
    };
  },
};
