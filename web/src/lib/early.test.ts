import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { early } from './early';

const asked = (address: string, method = 'GET') => early(new Request(`http://here${address}`, { method }));

describe('what the page asked for at its start', () => {
  beforeEach(() => {
    vi.spyOn(performance, 'now').mockReturnValue(900);
    globalThis.asked = { '/api/v1/me': Promise.resolve(new Response('she')) };
  });
  afterEach(() => {
    globalThis.asked = undefined;
  });

  it('is taken once', async () => {
    expect(await (await asked('/api/v1/me'))?.text()).toBe('she');
    expect(asked('/api/v1/me')).toBeUndefined();
  });

  it('answers its own question only', () => {
    expect(asked('/api/v1/me?x=1')).toBeUndefined();
    expect(asked('/api/v1/me')).toBeDefined();
  });

  it('is old once something was done, such as signing in', () => {
    expect(asked('/api/v1/auth/login', 'POST')).toBeUndefined();
    expect(asked('/api/v1/me')).toBeUndefined();
  });

  it('is of no use later, not even when somebody looks again', () => {
    vi.spyOn(performance, 'now').mockReturnValue(16_000);
    expect(asked('/api/v1/me')).toBeUndefined();
    vi.spyOn(performance, 'now').mockReturnValue(900);
    expect(asked('/api/v1/me')).toBeUndefined();
  });
});
