import { describe, expect, it } from '@jest/globals';
import { judgeRefresh, type PresentedToken } from './session.ts';

const now = new Date('2026-01-01T00:00:00Z');
const alive: PresentedToken = {
  session: { id: 's', kind: 'user', subjectId: 'a', expireTime: new Date('2026-01-02T00:00:00Z') },
  used: false,
  ended: false,
};

describe('judgeRefresh', () => {
  it('rotates the youngest token of a session that is alive', () => {
    expect(judgeRefresh(alive, now)).toBe('rotate');
  });

  it('ends the family on a replay', () => {
    expect(judgeRefresh({ ...alive, used: true }, now)).toBe('end-family');
  });

  it('refuses what is unknown, ended or expired', () => {
    expect(judgeRefresh(undefined, now)).toBe('refuse');
    expect(judgeRefresh({ ...alive, used: true, ended: true }, now)).toBe('refuse');
    expect(judgeRefresh(alive, alive.session.expireTime)).toBe('refuse');
  });
});
