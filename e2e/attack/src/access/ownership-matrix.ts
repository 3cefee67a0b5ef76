import type { DescField, DescMessage, Message } from '@bufbuild/protobuf';
import { newId } from '@souk/kernel';
import type { MethodContract } from '../../../../tools/generate/contract/contract.ts';
import { type Answer, describe, PROTOCOLS } from '../calling/answer.ts';
import { callEdge } from '../calling/edge-call.ts';
import { servedAtEdge } from '../served.ts';
import type { Person } from '../people.ts';
import { validRequest } from '../requests/generate.ts';
import { Tally } from '../tally.ts';
import { type IdPool, idNameOf } from './pool.ts';
import { type Life, look, publicIds } from './shopper-life.ts';

/**
 * S5, second half: one customer's objects asked for by another, on every RPC that takes an id (broken object-level
 * authorisation). The answer must be the one for an object that does not exist, nothing of the victim may be in it, and
 * the victim's objects must be afterwards as they were.
 */
export async function attackOwnership(
  victim: Life,
  attackers: readonly { person: Person; pool: IdPool }[],
): Promise<Tally> {
  const tally = new Tally("one customer's objects by another, on every RPC that takes an id");
  const open = await publicIds(victim.pool);
  const before = await look(victim.person, victim.pool);
  for (const method of servedAtEdge) {
    const fields = idFieldsOf(method.desc.input).filter((field) => victim.pool.forField(field) !== undefined);
    for (const field of fields) {
      for (const attacker of attackers) {
        const id = victim.pool.forField(field) ?? '';
        // Numbers that every order has, for example of its lines, are nobody's.
        const isSecret = !open.has(id) && !attacker.pool.all().has(id);
        await attempt(method, field, isSecret, victim, attacker, tally);
      }
    }
  }
  const after = await look(victim.person, victim.pool);
  tally.harmless(before === after, () => `the victim's objects have changed:\n${difference(before, after)}`);
  return tally;
}

async function attempt(
  method: MethodContract,
  field: DescField,
  isSecret: boolean,
  victim: Life,
  attacker: { person: Person; pool: IdPool },
  tally: Tally,
): Promise<void> {
  const what = `${method.fullName} with another's ${field.name}`;
  const id = victim.pool.forField(field);
  // All ids of the victim, then the victim's among the attacker's own.
  for (const others of [victim.pool, attacker.pool]) {
    const theirs = requestWith(method, field, others, id);
    const nobodys = requestWith(method, field, others, newId());
    if (theirs === undefined || nobodys === undefined) {
      tally.skipped.push(`${what}: no valid request was found`);
      continue;
    }
    for (const protocol of PROTOCOLS) {
      const token = attacker.person.token();
      const answer = await callEdge(protocol, method, theirs, { token });
      const stranger = await callEdge(protocol, method, nobodys, { token });
      const where = `${what} by ${attacker.person.name} over ${protocol}`;
      const leak = victim.secrets.find((secret) => answer.text.includes(secret));
      tally.harmless(leak === undefined, () => `${where}: shows ${leak ?? ''}`);
      if (!isSecret || isOwnList(method, answer)) continue;
      tally.refusal(answer.code !== 'OK', () => `${where}: served`);
      tally.harmless(
        describe(answer) === describe(stranger),
        () => `${where}: ${describe(answer)}, but ${describe(stranger)} for what does not exist`,
      );
    }
  }
}

/** A filter that finds nothing is as good as a refusal; what it shows is looked at anyway. */
function isOwnList(method: MethodContract, answer: Answer): boolean {
  return answer.code === 'OK' && method.readOnly && /^(List|Search|BatchGet)/.test(method.desc.name);
}

/** A valid request in which one field holds a certain id, and the others whatever the same owner has. */
function requestWith(
  method: MethodContract,
  field: DescField,
  pool: IdPool,
  id?: string,
): Message | undefined {
  return validRequest(method.desc.input, 7, (each) => {
    const isMeant = each.name === field.name && each.parent.typeName === field.parent.typeName;
    return isMeant && id !== undefined ? id : pool.forField(each);
  });
}

/** Fields of a request, however deep, that hold ids of objects. */
function idFieldsOf(schema: DescMessage, depth = 0): DescField[] {
  if (depth > 3) return [];
  return schema.fields.flatMap((field) => {
    if (idNameOf(field) !== undefined) return [field];
    const inner =
      field.fieldKind === 'message' || (field.fieldKind === 'list' && field.listKind === 'message');
    return inner && field.message !== undefined ? idFieldsOf(field.message, depth + 1) : [];
  });
}

function difference(before: string, after: string): string {
  const [was, is] = [before.split('\n'), after.split('\n')];
  return was
    .flatMap((line, index) =>
      line === is[index] ? [] : [`- ${line.slice(0, 600)}`, `+ ${(is[index] ?? '').slice(0, 600)}`],
    )
    .join('\n');
}
