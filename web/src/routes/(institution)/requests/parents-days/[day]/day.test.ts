import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newPage, Service } from '$lib/testing';
import type { ParentsDay } from '../../reads';

const NEEDS = [
  { language: 'kmr', written: 'Kurmandschi', min_level: 'B2', at_once: 2, slots: 11 },
  { language: null, written: 'Kurdisch', min_level: null, at_once: null, slots: 4 },
];
const DAY = { id: 'day', tag: '"7"', day: '2027-01-13', start: '14:00', state: 'open', needs: NEEDS } as unknown as ParentsDay;

describe('the languages of a parents’ day', () => {
  let service: Service;
  let day: typeof import('./day');

  beforeEach(async () => {
    service = await new Service().open();
    service.answer = () => ({ status: 200, body: {} });
    await newPage(service);
    day = await import('./day');
  });
  afterEach(() => service.close());

  it('are changed as they stand, with what the form does not show', { timeout: 20_000 }, async () => {
    const { changeNeeds, needsOf } = day;
    const [kurdish, unclear] = needsOf(DAY);
    await changeNeeds(DAY, [{ ...kurdish!, slots: '12' }, unclear!]);
    const [asked] = service.asked;
    expect([asked!.path, asked!.body]).toEqual(['/api/v1/parents-days/day/needs', {
      needs: [{ language: 'kmr', slots: 12, at_once: 2, min_level: 'B2' }, { language: 'Kurdisch', slots: 4 }],
    }]);
  });

  it('are changed only before the day, and while somebody is sought', () => {
    const { isAhead } = day;
    const before = new Date('2027-01-13T12:59:00Z');
    expect(isAhead(DAY, before)).toBe(true);
    expect(isAhead(DAY, new Date('2027-01-13T13:00:00Z'))).toBe(false);
    expect(isAhead({ ...DAY, state: 'cancelled' }, before)).toBe(false);
  });
});
