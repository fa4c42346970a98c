import { beforeEach, describe, expect, it, vi } from 'vitest';
import { newSeat, type Draft } from '$lib/ask';
import { session, type Me } from '$lib/session.svelte';
import { database } from '$lib/store';
import { anew, drop, first, keep } from './draft';

const WORDS = { topic: 'Elterngespräch', note: 'Es geht um Noten', urgency_reason: '', case_number: 'K-7' };

function signIn(account_id: string) {
  session.me = { account_id, institution_ids: ['school'] } as unknown as Me;
}

describe('a request that was begun', () => {
  let draft: Draft;

  beforeEach(async () => {
    await (await database()).clear('keepsakes');
    signIn('hers');
    await drop();
    draft = { ...anew(), seats: [{ ...newSeat(), language: 'prs' }], ...WORDS };
  });

  async function left() {
    keep(draft);
    await vi.waitFor(async () => expect(await (await database()).count('keepsakes')).toBe(1));
  }

  it('is whole for who has only looked at another page', async () => {
    await left();
    expect(await first(null)).toEqual({ draft, how: 'whole' });
  });

  it('lies on the device without its words', async () => {
    await left();
    const [row] = await (await database()).getAll('keepsakes');
    expect(row!.content).toMatchObject({ topic: '', note: '', case_number: '' });
  });

  it('is nobody else’s, and gone once it was sent', async () => {
    await left();
    signIn('his');
    expect((await first(null)).draft).toEqual(anew());
    signIn('hers');
    await drop();
    expect(await first(null)).toEqual({ draft: anew(), how: 'new' });
  });
});
