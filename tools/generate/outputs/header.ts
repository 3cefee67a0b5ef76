/** First line of every generated TypeScript file. */
export const HEADER = '// Generated from proto/ by `npm run gen`. Do not edit.\n';
