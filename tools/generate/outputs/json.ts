/** A JSON object under construction. Keys keep the order in which they are written, so output is the same every time. */
export interface JsonObject {
  [key: string]: JsonValue | undefined;
}

/** A JSON value; undefined properties are not written. */
export type JsonValue = string | number | boolean | null | JsonValue[] | JsonObject;

/** The text of a generated JSON document. */
export function jsonText(document: JsonObject): string {
  return `${JSON.stringify(document, null, 1)}\n`;
}
