import type { Facts } from '../facts/facts.ts';
import type { Broken } from './broken.ts';
import { checkAnswers } from './answers.ts';
import { checkMoney } from './money.ts';
import { checkOrders } from './orders.ts';
import { checkStock } from './stock.ts';

/**
 * Judges a round by its facts alone: every rule that does not hold, none when all is well. Buyers are taken to want one
 * unit each and to have means to pay for it.
 */
export function check(facts: Facts): readonly Broken[] {
  const broken: Broken[] = [];
  for (const each of [checkAnswers, checkOrders, checkStock, checkMoney])
    each(facts, (rule, subject, detail) => broken.push({ rule, subject, detail }));
  return broken;
}
