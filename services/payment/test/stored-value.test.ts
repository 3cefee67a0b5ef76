import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Code } from '@connectrpc/connect';
import { GiftCardService } from '@souk/gen/souk/payment/v1/gift_card_service_pb';
import { LedgerSide } from '@souk/gen/souk/payment/v1/ledger_pb';
import { PaymentState } from '@souk/gen/souk/payment/v1/payment_pb';
import { StoreCreditEntryKind, StoreCreditService } from '@souk/gen/souk/payment/v1/store_credit_service_pb';
import type { Money } from '@souk/gen/google/type/money_pb';
import { newId } from '@souk/kernel';
import { refusalOf } from './refusal-of.ts';
import { authorization, must, pounds, startPayment, type TestPayment } from './start-payment.ts';

let payment: TestPayment;

beforeAll(async () => {
  payment = await startPayment();
});

afterAll(async () => {
  await payment.stop();
});

function staffOf<Service extends typeof GiftCardService | typeof StoreCreditService>(service: Service) {
  const permissions = [
    'payment.giftcards.read',
    'payment.giftcards.write',
    'payment.storecredit.read',
    'payment.storecredit.write',
  ];
  return payment.service.client(service, { principal: { kind: 'user', id: newId(), permissions } });
}

async function giftCard(units: number): Promise<{ id: string; code: string }> {
  const asked = { requestId: newId(), amount: pounds(units) };
  const [issued] = (await staffOf(GiftCardService).issueGiftCards(asked)).giftCards;
  return { id: must(must(issued).giftCard).giftCardId, code: must(issued).code };
}

type Means =
  | { readonly case: 'giftCardCode'; readonly value: string }
  | { readonly case: 'paymentMethod'; readonly value: string }
  | { readonly case: 'storeCredit'; readonly value: object };
const by = (units: number, means: Means) => ({ amount: pounds(units), means });
const card = (units: number, value = 'pm_card_visa') => by(units, { case: 'paymentMethod', value });
const gift = (units: number, value: string) => by(units, { case: 'giftCardCode', value });
const credit = (units: number) => by(units, { case: 'storeCredit', value: {} });
const paying = (units: number, tenders: readonly ReturnType<typeof by>[], customerId = newId()) => ({
  ...authorization({ amount: pounds(units), paymentMethod: '', customerId }),
  tenders: [...tenders],
});
const balanceOf = async (giftCardId: string): Promise<[bigint, bigint]> => {
  const found = must((await staffOf(GiftCardService).getGiftCard({ giftCardId })).giftCard);
  return [must(found.balance).units, must(found.heldAmount).units];
};
const unitsOf = (amount: Money | undefined): bigint => must(amount).units;

/** What the ledger owes on an account, in whole pounds. */
async function owed(account: string): Promise<bigint> {
  const { accounts, balanced } = await payment.staff.getTrialBalance({});
  expect(balanced).toBe(true);
  const found = accounts.find((it) => it.account === account);
  return found === undefined ? 0n : unitsOf(found.credit) - unitsOf(found.debit);
}

describe('gift cards', () => {
  it('are issued once per request id, and their codes are told again but nowhere kept', async () => {
    const staff = staffOf(GiftCardService);
    const asked = { requestId: newId(), amount: pounds(25), count: 3, note: 'summer' };
    const before = await owed('gift_card_liability');
    const first = await staff.issueGiftCards(asked);
    expect(first.giftCards).toHaveLength(3);
    expect(await staff.issueGiftCards(asked)).toEqual(first);
    expect((await owed('gift_card_liability')) - before).toBe(75n);
    expect(await refusalOf(staff.issueGiftCards({ ...asked, note: 'winter' }))).toMatchObject({
      reason: 'REQUEST_ID_REUSED',
    });
    expect(await refusalOf(staff.issueGiftCards({ requestId: newId(), amount: pounds(0) }))).toMatchObject({
      reason: 'AMOUNT_INVALID',
    });
    expect(
      await refusalOf(staff.issueGiftCards({ ...asked, requestId: newId(), note: '4242424242424242' })),
    ).toMatchObject({ reason: 'CARD_DATA_REFUSED' });
    const listed = (await staff.listGiftCards({ pageSize: 3 })).giftCards;
    expect(new Set(listed)).toEqual(new Set(first.giftCards.map((it) => it.giftCard)));
  });

  it('pay with a card for the rest, are captured first, and get their part back', async () => {
    const { id, code } = await giftCard(15);
    const held = must((await payment.order.authorizePayment(paying(40, [gift(15, code), card(25)]))).payment);
    expect(held).toMatchObject({ state: PaymentState.AUTHORIZED });
    expect(held.tenders.map((it) => unitsOf(it.amount))).toEqual([15n, 25n]);
    expect(await balanceOf(id)).toEqual([15n, 15n]);

    const { paymentId } = held;
    await payment.order.capturePayment({ requestId: newId(), paymentId });
    expect(await balanceOf(id)).toEqual([0n, 0n]);
    const refund = { requestId: newId(), paymentId, amount: pounds(30), reason: '', reference: '' };
    const back = must((await payment.order.refundPayment(refund)).payment);
    expect(back.tenders.map((it) => [unitsOf(it.capturedAmount), unitsOf(it.refundedAmount)])).toEqual([
      [15n, 5n],
      [25n, 25n],
    ]);
    expect(await balanceOf(id)).toEqual([5n, 0n]);
    const { entries } = await payment.staff.listLedgerEntries({ paymentId });
    expect(entries.map(({ account, side, amount }) => [account, LedgerSide[side], unitsOf(amount)])).toEqual([
      ['gift_card_liability', 'DEBIT', 15n],
      ['provider_receivable', 'DEBIT', 25n],
      ['order_clearing', 'CREDIT', 40n],
      ['order_clearing', 'DEBIT', 30n],
      ['provider_receivable', 'CREDIT', 25n],
      ['gift_card_liability', 'CREDIT', 5n],
    ]);
  });

  it('are let go of if the card declines: all or nothing', async () => {
    const { id, code } = await giftCard(10);
    const asked = paying(30, [gift(10, code), card(20, 'pm_card_declined')]);
    expect(await refusalOf(payment.order.authorizePayment(asked))).toMatchObject({
      reason: 'PAYMENT_DECLINED',
    });
    expect(await balanceOf(id)).toEqual([10n, 0n]);
    const held = must((await payment.order.authorizePayment(paying(10, [gift(10, code)]))).payment);
    await payment.order.voidPayment({
      requestId: newId(),
      target: { case: 'paymentId', value: held.paymentId },
    });
    expect(await balanceOf(id)).toEqual([10n, 0n]);
  });

  it('never fall below zero, however many payments want them at once', async () => {
    const { id, code } = await giftCard(50);
    const answers = await Promise.allSettled(
      Array.from({ length: 20 }, async () => payment.order.authorizePayment(paying(10, [gift(10, code)]))),
    );
    const paid = answers.filter(({ status }) => status === 'fulfilled');
    expect(paid).toHaveLength(5);
    expect(await balanceOf(id)).toEqual([50n, 50n]);
    expect(await refusalOf(payment.order.authorizePayment(paying(1, [gift(1, code)])))).toMatchObject({
      code: Code.FailedPrecondition,
      reason: 'GIFT_CARD_INSUFFICIENT',
      metadata: { available: '0.00 GBP' },
    });
  });

  it('are refused when they are unknown, ended, of another currency, or do not add up', async () => {
    const staff = staffOf(GiftCardService);
    const { id, code } = await giftCard(10);
    const pay = (tenders: readonly ReturnType<typeof by>[]): Promise<unknown> =>
      payment.order.authorizePayment(paying(10, tenders));
    expect(await refusalOf(pay([gift(10, 'ZZZZ-ZZZZ-ZZZZ-ZZZZ')]))).toMatchObject({
      code: Code.NotFound,
      reason: 'GIFT_CARD_NOT_FOUND',
    });
    expect(await refusalOf(pay([gift(9, code)]))).toMatchObject({ reason: 'TENDERS_INVALID' });
    const euros = { ...pounds(5), currencyCode: 'EUR' };
    const foreign = { amount: euros, means: { case: 'giftCardCode', value: code } as const };
    const asked = { ...authorization({ amount: euros, paymentMethod: '' }), tenders: [foreign] };
    expect(await refusalOf(payment.order.authorizePayment(asked))).toMatchObject({
      reason: 'STORED_VALUE_CURRENCY_MISMATCH',
      metadata: { currency: 'GBP' },
    });
    expect(must((await staff.disableGiftCard({ giftCardId: id })).giftCard).disabled).toBe(true);
    expect(await refusalOf(pay([gift(10, code)]))).toMatchObject({
      reason: 'GIFT_CARD_UNUSABLE',
      metadata: { cause: 'DISABLED' },
    });
    expect(await refusalOf(staff.disableGiftCard({ giftCardId: newId() }))).toMatchObject({
      reason: 'GIFT_CARD_NOT_FOUND',
    });
    expect(await refusalOf(staff.getGiftCard({ giftCardId: newId() }))).toMatchObject({
      reason: 'GIFT_CARD_NOT_FOUND',
    });
    const shopper = payment.service.client(GiftCardService, { principal: { kind: 'user', id: newId() } });
    await expect(shopper.getGiftCard({ giftCardId: id })).rejects.toMatchObject({
      code: Code.PermissionDenied,
    });
  });

  it('tell their balance to whoever knows the code, and do not let it be guessed', async () => {
    const { code } = await giftCard(10);
    const guest = payment.service.client(GiftCardService, { principal: { kind: 'guest', id: newId() } });
    const typed = code.toLowerCase().replaceAll('-', ' ');
    expect(unitsOf((await guest.checkGiftCard({ code: typed })).availableAmount)).toBe(10n);
    for (let guess = 0; guess < 10; guess++)
      expect(await refusalOf(guest.checkGiftCard({ code: `ZZZZ-ZZZZ-ZZZZ-ZZZ${guess}` }))).toMatchObject({
        reason: 'GIFT_CARD_NOT_FOUND',
      });
    expect(await refusalOf(guest.checkGiftCard({ code }))).toMatchObject({
      code: Code.ResourceExhausted,
      reason: 'GIFT_CARD_GUESSES_EXCEEDED',
    });
    expect(await refusalOf(guest.checkGiftCard({ code: '4242424242424242' }))).toMatchObject({
      reason: 'CARD_DATA_REFUSED',
    });
  });
});

describe('store credit', () => {
  it('is given once per request id, pays, and is given back', async () => {
    const staff = staffOf(StoreCreditService);
    const customerId = newId();
    const asked = { requestId: newId(), customerId, amount: pounds(30), reason: 'sorry' };
    const before = await owed('store_credit_liability');
    const granted = await staff.grantStoreCredit(asked);
    expect(unitsOf(must(granted.balance).availableAmount)).toBe(30n);
    expect(await staff.grantStoreCredit(asked)).toEqual(granted);
    expect((await owed('store_credit_liability')) - before).toBe(30n);
    expect(await refusalOf(staff.grantStoreCredit({ ...asked, reason: 'again' }))).toMatchObject({
      reason: 'REQUEST_ID_REUSED',
    });
    const nothing = { ...asked, requestId: newId(), amount: pounds(0) };
    expect(await refusalOf(staff.grantStoreCredit(nothing))).toMatchObject({ reason: 'AMOUNT_INVALID' });

    const held = must((await payment.order.authorizePayment(paying(20, [credit(20)], customerId))).payment);
    const { paymentId } = held;
    expect(
      await refusalOf(payment.order.authorizePayment(paying(11, [credit(11)], customerId))),
    ).toMatchObject({ reason: 'STORE_CREDIT_INSUFFICIENT', metadata: { available: '10.00 GBP' } });
    expect(await refusalOf(payment.order.authorizePayment(paying(1, [credit(1)])))).toMatchObject({
      reason: 'STORE_CREDIT_INSUFFICIENT',
    });
    await payment.order.capturePayment({ requestId: newId(), paymentId });
    await payment.order.refundPayment({ requestId: newId(), paymentId, amount: pounds(5) });

    const owner = payment.service.client(StoreCreditService, { principal: { kind: 'user', id: customerId } });
    const { balances } = await owner.getStoreCredit({});
    expect(balances.map((it) => [unitsOf(it.balance), unitsOf(it.availableAmount)])).toEqual([[15n, 15n]]);
    const { entries } = await owner.listStoreCreditEntries({});
    expect(entries.map(({ kind, amount }) => [StoreCreditEntryKind[kind], unitsOf(amount)])).toEqual([
      ['REFUND', 5n],
      ['CAPTURE', 20n],
      ['HOLD', 20n],
      ['GRANT', 30n],
    ]);
    const other = payment.service.client(StoreCreditService, { principal: { kind: 'user', id: newId() } });
    for (const look of [other.getStoreCredit({ customerId }), other.listStoreCreditEntries({ customerId })])
      expect(await refusalOf(look)).toMatchObject({ code: Code.NotFound, reason: 'STORE_CREDIT_NOT_FOUND' });
    expect((await staff.getStoreCredit({ customerId })).balances).toEqual(balances);
  });
});
