import { describe, expect, it } from '@jest/globals';
import { holdsCardNumber, refuseCardData } from './card-data.ts';

describe('holdsCardNumber', () => {
  it.each([
    '4242424242424242',
    'card 4242 4242 4242 4242 please',
    '3782-822463-10005',
    'pay:4000056655665556;',
  ])('finds %s', (text) => {
    expect(holdsCardNumber(text)).toBe(true);
  });

  it.each([
    'pm_card_visa',
    '4242424242424241',
    '1234',
    '019e0f3c-8a66-7000-8000-000000000000',
    '99999999999999999999',
    '',
  ])('lets %s pass', (text) => {
    expect(holdsCardNumber(text)).toBe(false);
  });

  it('refuses without repeating the number', () => {
    expect(() => {
      refuseCardData({ reason: '4242424242424242' });
    }).toThrow(
      expect.objectContaining({ reason: 'CARD_DATA_REFUSED', message: expect.not.stringContaining('4242') }),
    );
  });
});
