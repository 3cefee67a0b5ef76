import { fileURLToPath } from 'node:url';
import { BufError } from './buf.ts';
import { ContractError, generate, generateMessages } from './generate.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

// The messages come first: the generator itself reads options through them.
try {
  await generateMessages(root);
  await generate(root, fileURLToPath(new URL('../../gen', import.meta.url)));
} catch (error) {
  if (!(error instanceof ContractError || error instanceof BufError)) {
    throw error;
  }
  console.error(error.message);
  process.exitCode = 1;
}
