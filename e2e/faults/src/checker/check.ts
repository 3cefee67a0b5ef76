import type { Facts } from '../facts/facts.ts';
import type { Broken } from './broken.ts';
import { checkAnswers } from './answers.ts';
import { checkFollowers } from './followers.ts';
import { checkMoney } from './money.ts';
import { checkOrders } from './orders.ts';
import { checkStock } from './stock.ts';

/**
 * Judges a round by its facts alone: every rule that does not hold, none when all is well. Buyers are taken to have
 * means to pay for what they want.
 */
export function check(facts: Facts): readonly Broken[] {
  const broken: Broken[] = [];
  for (const each of [checkAnswers, checkOrders, checkStock, checkMoney, checkFollowers])
    each(facts, (rule, subject, detail) => broken.push({ rule, subject, detail }));
  return broken;
}
