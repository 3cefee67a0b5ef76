/** A statement on its way to PostgreSQL. */
export interface SeenStatement {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Its text, lower case, as far as it is known: a statement that was prepared before comes by its name. */
  readonly text: string;
}

const PARSE = 0x50;
const BIND = 0x42;
const QUERY = 0x51;
const HEADER = 5;

/**
 * Reads the statements of one connection out of what its client sends (PostgreSQL's protocol, version 3): simple queries
 * and executions of prepared ones.
 */
export function statementReader(onStatement: (statement: SeenStatement) => void): (bytes: Buffer) => void {
  const prepared = new Map<string, string>();
  let rest = Buffer.alloc(0);
  let hasStarted = false;
  return (bytes) => {
    rest = Buffer.concat([rest, bytes]);
    if (!hasStarted) {
      // The first message has a length and no type.
      if (rest.length < 4 || rest.length < rest.readInt32BE(0)) return;
      rest = rest.subarray(rest.readInt32BE(0));
      hasStarted = true;
    }
    while (rest.length >= HEADER && rest.length > rest.readInt32BE(1)) {
      const type = rest[0];
      const body = rest.subarray(HEADER, 1 + rest.readInt32BE(1));
      rest = rest.subarray(1 + rest.readInt32BE(1));
      const [first = '', second = ''] = body.toString('latin1').split('\0', 2);
      if (type === PARSE) prepared.set(first, second.toLowerCase());
      if (type === QUERY) onStatement({ at: Date.now(), text: first.toLowerCase() });
      // A Bind names the portal, then the statement.
      if (type === BIND) onStatement({ at: Date.now(), text: prepared.get(second) ?? second });
    }
  };
}
