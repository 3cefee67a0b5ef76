/** Words that stay small inside a title. */
const SMALL = new Set(['and', 'of', 'in', 'on', 'with', 'for', 'the', 'a', 'to', 'at', 'or', 'from', 'by']);

/**
 * Whether a description names goods. The warehouse also wrote notes into the field (`damages`, `?`, `amazon`), which are
 * short or not in capital letters.
 */
export function isProductDescription(description: string): boolean {
  const letters = description.replaceAll(/[^A-Za-z]/g, '');
  const capitals = letters.replaceAll(/[^A-Z]/g, '').length;
  return letters.length >= 4 && capitals / letters.length >= 0.75;
}

/** A description without stray blanks and punctuation. */
export function cleanDescription(description: string): string {
  return description
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/ ?,(?! )/g, ', ')
    .replaceAll(/^[\s.,*]+|[\s.,*]+$/g, '');
}

/** A description in capital letters as a title: `WHITE HANGING HEART T-LIGHT HOLDER` → `White Hanging Heart T-Light Holder`. */
export function titleOf(description: string): string {
  return description
    .split(' ')
    .map((word, index) => {
      const lower = word.toLowerCase();
      if (index > 0 && SMALL.has(lower)) return lower;
      return lower.replaceAll(
        /(^|[^a-z'’])([a-z])/g,
        (_, before: string, letter: string) => before + letter.toUpperCase(),
      );
    })
    .join(' ');
}

/** A text as part of an address: lower case, words joined by hyphens. */
export function slugOf(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/['’]/g, '')
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '');
}

/** The most frequent value; of several the first in alphabetical order. */
export function mostFrequent(values: Iterable<string>): string | undefined {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  const ranked = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  return ranked[0]?.[0];
}
