import { fileURLToPath } from 'node:url';
import { generate, generateMessages } from './generate.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

// The messages come first: the generator itself reads options through them.
await generateMessages(root);
await generate(root, fileURLToPath(new URL('../../gen', import.meta.url)));
