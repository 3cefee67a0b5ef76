/** What every object of the platform carries. */
const PART_OF = { 'app.kubernetes.io/part-of': 'souk' };

/** What the pods of one component are selected by. */
export function selectorOf(component: string): Record<string, string> {
  return { 'app.kubernetes.io/name': component, ...PART_OF };
}

/** Metadata of an object of one component. */
export function metadataOf(
  component: string,
  name: string = component,
): { name: string; labels: Record<string, string> } {
  return { name, labels: selectorOf(component) };
}
