import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { begun, newSeat, type Draft } from '$lib/ask';
import { newPage, refusal, Service } from '$lib/testing';

const DRAFT: Draft = {
  ...begun('school'),
  times: [{ day: '2026-12-08', start: '10:00' }],
  seats: [{ ...newSeat(), language: 'prs' }],
  topic: 'Elterngespräch',
};

describe('a request that is sent', () => {
  let service: Service;

  beforeEach(async () => {
    service = await new Service().open();
    let made = 0;
    service.answer = () => ({ status: 201, body: { id: `made${++made}` } });
  });
  afterEach(() => service.close());

  async function sending() {
    await newPage(service);
    const { Sending } = await import('./sending');
    return new Sending();
  }

  const keys = () => new Set(service.asked.map((one) => one.key));

  it('is one however often it is sent, and another when something was changed', async () => {
    const one = await sending();
    expect(await one.send(DRAFT, false)).toMatch(/\/requests\/made1\?sent$/);
    expect(await one.send(DRAFT, false)).toMatch(/\/requests\/made1\?sent$/);
    expect(keys().size).toBe(1);
    expect(await one.send({ ...DRAFT, minutes: 90 }, false)).toMatch(/\/requests\/made2\?sent$/);
    expect(await one.send({ ...DRAFT, minutes: 90 }, true)).toMatch(/\/requests\/made3\?sent$/);
    expect(keys().size).toBe(3);
  });

  it('would be several for a service that takes no notice of keys', async () => {
    service.forgetful = true;
    const one = await sending();
    await one.send(DRAFT, false);
    expect(await one.send(DRAFT, false)).toMatch(/\/requests\/made2\?sent$/);
  });

  it('goes where its kind belongs', async () => {
    const one = await sending();
    expect(await one.send({ ...DRAFT, kind: 'series', weekdays: ['TU'] }, false)).toContain('/requests/series/');
    expect(await one.send({ ...DRAFT, kind: 'parents_day', end: '18:00' }, false)).toContain('/requests/parents-days/');
    expect(service.asked.map((asked) => asked.path)).toEqual(['/api/v1/series', '/api/v1/parents-days']);
    expect(service.asked.every((asked) => asked.ours)).toBe(true);
  });

  it('says why it was refused', async () => {
    service.answer = () => refusal(409, 'duplicate-request', 'Diese Anfrage gibt es schon.');
    const one = await sending();
    await expect(one.send(DRAFT, false)).rejects.toThrow('Diese Anfrage gibt es schon.');
  });
});
