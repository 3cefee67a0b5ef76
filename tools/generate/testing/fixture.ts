import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildDescriptorSet } from '../buf.ts';
import type { Contract } from '../contract/contract.ts';
import { readContract } from '../contract/read-contract.ts';

const PROJECT = fileURLToPath(new URL('../../..', import.meta.url));

/** Imports that most services need. */
const PREAMBLE = `syntax = "proto3";
package souk.toys.v1;
import "buf/validate/validate.proto";
import "google/api/annotations.proto";
import "google/api/httpbody.proto";
import "google/protobuf/timestamp.proto";
import "souk/options/v1/options.proto";
`;

/** Compiles the body of one proto file of the package `souk.toys.v1`, with the project's options beside it. */
export async function contractOf(body: string): Promise<Contract> {
  const root = await mkdtemp(join(tmpdir(), 'souk-contract-'));
  try {
    for (const folder of ['third_party/proto', 'proto/souk/options']) {
      await cp(join(PROJECT, folder), join(root, folder), { recursive: true });
    }
    await cp(join(PROJECT, 'buf.yaml'), join(root, 'buf.yaml'));
    const file = join(root, 'proto/souk/toys/v1/toy_service.proto');
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, PREAMBLE + body);
    return readContract(await buildDescriptorSet(root));
  } finally {
    await rm(root, { recursive: true });
  }
}
