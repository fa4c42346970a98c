import { describe, expect, it } from 'vitest';
import { nameOfBrowser } from './languages';

describe('the name of a language', () => {
  it.each([
    ['prs', 'الدارية', 'дарі'],
    ['ckb', 'السورانية الكردية', 'центральнокурдська'],
    ['ary', 'العربية (المغرب)', 'арабська (Марокко)'],
    ['apc', 'العربية (سوريا)', 'арабська (Сирія)'],
    ['uk', 'الأوكرانية', 'українська'],
  ])('%s is said in Arabic and Ukrainian', (tag, arabic, ukrainian) => {
    expect([nameOfBrowser(tag, 'ar'), nameOfBrowser(tag, 'uk')]).toEqual([arabic, ukrainian]);
  });

  it.each(['kmr', 'haz', 'rmy', 'tw', 'no tag'])('%s is left to the service', (tag) => {
    expect(nameOfBrowser(tag, 'ar')).toBeUndefined();
  });

  it('is another one for each variety', () => {
    const tags = ['ar', 'apc', 'acm', 'arz', 'ary', 'aeb', 'arq', 'ayl', 'apd', 'acq', 'sq', 'aln', 'pa', 'pnb', 'rom', 'fa', 'prs'];
    for (const locale of ['ar', 'uk']) {
      expect(new Set(tags.map((tag) => nameOfBrowser(tag, locale))).size, locale).toBe(tags.length);
    }
  });
});
