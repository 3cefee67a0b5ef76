import type { Scenario } from '../scenario.ts';
import { noOverselling } from './r1-no-overselling.ts';
import { kills } from './r2-kills.ts';
import { once } from './r3-once.ts';
import { webhooks } from './r4-webhooks.ts';
import { expiry } from './r5-expiry.ts';
import { events } from './r6-events.ts';
import { readModels } from './r7-read-models.ts';
import { deadlines } from './r11-deadlines.ts';
import { crashes } from './r14-crashes.ts';

/** Every guarantee that is shown by faults, in the order of the list of guarantees. */
export const SCENARIOS: readonly Scenario[] = [
  noOverselling,
  kills,
  once,
  webhooks,
  expiry,
  events,
  readModels,
  deadlines,
  crashes,
];
