import { describe, expect, it } from 'vitest';
import { copy, mapLink, oneLine, phoneLink } from './places';

const HALL = { street: 'Große Gasse 1 & 3', postal_code: '61169', town: 'Friedberg' };

describe('an address', () => {
  it('stands in one line, also without a street', () => {
    expect(oneLine(HALL)).toBe('Große Gasse 1 & 3, 61169 Friedberg');
    expect(oneLine({ ...HALL, street: '' })).toBe('61169 Friedberg');
  });

  it('opens in the map program of the device', () => {
    expect(mapLink(HALL, 'Mozilla/5.0 (Linux; Android 9)')).toBe(
      'geo:0,0?q=Gro%C3%9Fe%20Gasse%201%20%26%203%2C%2061169%20Friedberg',
    );
    expect(mapLink(HALL, 'Mozilla/5.0 (iPhone; CPU iPhone OS 14_5)')).toMatch(/^maps:\?q=Gro/);
  });

  it('tells when nothing can be copied', async () => {
    expect(await copy('anything')).toBe(false);
  });
});

describe('a telephone number', () => {
  it('is dialled as it is meant', () => {
    expect(phoneLink('06031 / 555-0142')).toBe('tel:060315550142');
    expect(phoneLink('+49 (0) 6031 5550142')).toBe('tel:+4960315550142');
  });
});
