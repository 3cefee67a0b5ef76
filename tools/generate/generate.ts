import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { renderAsyncApi } from './asyncapi/document.ts';
import { buf, buildDescriptorSet } from './buf.ts';
import { checkContract } from './contract/check-contract.ts';
import { readContract } from './contract/read-contract.ts';
import { renderOpenApi } from './openapi/document.ts';
import { renderDescriptors } from './outputs/descriptors.ts';
import { renderEdge } from './outputs/edge.ts';
import { renderPermissions } from './outputs/permissions.ts';
import { renderTranscoding } from './outputs/transcoding.ts';

/** The contracts break rules of the platform; the message lists every fault. */
export class ContractError extends Error {
  constructor(faults: readonly string[]) {
    super(
      `The contracts have ${String(faults.length)} fault(s):\n${faults.map((fault) => `  ${fault}`).join('\n')}`,
    );
  }
}

/**
 * Derives everything but the TypeScript messages from the contracts of a folder.
 *
 * @param root the folder with `buf.yaml`
 * @param out where to write; `gen/` of the project, or somewhere else to compare
 * @throws ContractError when an RPC says too little to derive anything safe from it
 */
export async function generate(root: string, out: string): Promise<void> {
  const annotated = await buildDescriptorSet(root);
  const descriptors = renderDescriptors(annotated);
  const contract = readContract(annotated);
  const faults = checkContract(contract);
  if (faults.length > 0) {
    throw new ContractError(faults);
  }
  const files: Readonly<Record<string, string | Uint8Array>> = {
    'souk.descriptors.binpb': descriptors,
    'transcoding.binpb': renderTranscoding(descriptors),
    'edge.ts': renderEdge(contract),
    'asyncapi.json': renderAsyncApi(contract),
    'openapi.json': renderOpenApi(contract),
    'permissions.ts': renderPermissions(contract),
  };
  await mkdir(out, { recursive: true });
  await Promise.all(Object.entries(files).map(([name, content]) => writeFile(join(out, name), content)));
}

/** Lints and formats the contracts and writes their TypeScript messages to `gen/ts`. */
export async function generateMessages(root: string): Promise<void> {
  await buf(root, 'format', '--write', 'proto');
  await buf(root, 'lint');
  await buf(root, 'generate');
}
