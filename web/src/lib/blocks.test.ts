import { describe, expect, it } from 'vitest';
import { blocksOf } from './blocks';

describe("an operator's text", () => {
  it('is parted by blank lines into paragraphs, headings and lists', () => {
    const text = 'Erster\nzweite Zeile\n\n# Wer wir sind\n\n- eins\n- zwei\n  geht weiter\n\nEnde';
    expect(blocksOf(text)).toEqual([
      { is: 'paragraph', text: 'Erster\nzweite Zeile' },
      { is: 'heading', text: 'Wer wir sind' },
      { is: 'list', entries: ['eins', 'zwei geht weiter'] },
      { is: 'paragraph', text: 'Ende' },
    ]);
  });

  it('is understood where blank lines are missing', () => {
    expect(blocksOf('# Titel\nWorte\n- eins')).toEqual([
      { is: 'heading', text: 'Titel' },
      { is: 'paragraph', text: 'Worte' },
      { is: 'list', entries: ['eins'] },
    ]);
  });

  it('shows everything else as it is written', () => {
    const text = '<b>fett</b> **sehr** ## kein Titel';
    expect(blocksOf(text)).toEqual([{ is: 'paragraph', text }]);
    expect(blocksOf(' \n\n \n')).toEqual([]);
  });
});
