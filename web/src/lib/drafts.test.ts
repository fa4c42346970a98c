import { beforeEach, describe, expect, it } from 'vitest';
import { dropDraft, keepDraft, keptDraft } from './drafts';
import type { Draft } from './hours';
import { session, type Me } from './session.svelte';
import { database, wipe } from './store';

const DRAFT: Draft = {
  day: '2026-11-20',
  start: '10:30',
  end: '11:45',
  pause: '15',
  outcome: 'cut_short',
  note: 'Etwas über einen Menschen',
  kilometres: '',
  code: '123456',
};

function signIn(account: string) {
  session.me = { account_id: account } as Me;
}

describe('a report that was begun', () => {
  beforeEach(async () => {
    await (await database()).clear('keepsakes');
    signIn('hers');
  });

  it('is there again, without what was written about somebody', async () => {
    await keepDraft('one', DRAFT);
    expect(await keptDraft('one')).toEqual({ ...DRAFT, note: '' });
    expect(await keptDraft('two')).toBeUndefined();
  });

  it('is gone once it was sent', async () => {
    await keepDraft('one', DRAFT);
    await dropDraft('one');
    expect(await keptDraft('one')).toBeUndefined();
  });

  it('is nobody else’s, and goes with who signs out', async () => {
    await keepDraft('one', DRAFT);
    signIn('his');
    expect(await keptDraft('one')).toBeUndefined();
    signIn('hers');
    expect(await keptDraft('one')).toBeDefined();
    await wipe('hers');
    expect(await keptDraft('one')).toBeUndefined();
  });
});
