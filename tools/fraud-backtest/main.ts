import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { fromJsonString, type MessageInitShape } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { IdentityService } from '@souk/gen/souk/identity/v1/identity_service_pb';
import { FraudRuleSetSchema } from '@souk/gen/souk/payment/v1/fraud_pb';
import {
  type BacktestFraudRulesRequestSchema,
  FraudService,
} from '@souk/gen/souk/payment/v1/fraud_service_pb';
import { openEdge } from '../sample-data/edge.ts';
import { platformAddresses } from '../sample-data/platform.ts';
import { backtestText } from './report.ts';

// Judges the payments of a running platform again, for example after a replay, with other fraud rules:
// `npm run fraud-backtest -- --rules FILE.json | --version N [--from TIME] [--to TIME]`. Changes nothing.
const { values } = parseArgs({
  options: {
    rules: { type: 'string' },
    version: { type: 'string' },
    from: { type: 'string' },
    to: { type: 'string' },
  },
});

const { edge: address, admin } = platformAddresses();
const edge = openEdge(address);
const { tokens } = await edge.client(IdentityService).login(admin);
const fraud = edge.client(FraudService, tokens?.accessToken);
const result = await fraud.backtestFraudRules({
  rules: rulesToTry(),
  ...time('startTime', values.from),
  ...time('endTime', values.to),
});
console.log(backtestText(result));

type Rules = NonNullable<
  Exclude<MessageInitShape<typeof BacktestFraudRulesRequestSchema>, { $typeName: string }>['rules']
>;

function rulesToTry(): Rules {
  if ((values.rules === undefined) === (values.version === undefined))
    throw new Error('either --rules FILE.json (a rule set as ListFraudRuleSets gives it) or --version N');
  if (values.rules === undefined) return { case: 'version', value: Number(values.version) };
  const value = fromJsonString(FraudRuleSetSchema, readFileSync(values.rules, 'utf8'));
  return { case: 'ruleSet', value };
}

function time(field: 'startTime' | 'endTime', text: string | undefined): object {
  return text === undefined ? {} : { [field]: timestampFromDate(new Date(text)) };
}
