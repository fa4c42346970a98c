import { describe, expect, it } from 'vitest';
import { LOCALES, type Locale } from './index.svelte';
import type { Message } from './message';

const FILES = import.meta.glob<{ default: Record<string, Message> }>('./{de,en,ar,uk}/*.ts', { eager: true });

function textsOf(locale: string, part: string): Record<string, Message> {
  return FILES[`./${locale}/${part}.ts`]?.default ?? {};
}

function forms(message: Message): [string, string][] {
  return typeof message === 'string' ? [['', message]] : Object.entries(message);
}

function names(text: string): string[] {
  return [...text.matchAll(/\{(\w+)\}/g)].map((found) => found[1] ?? '').sort();
}

const spoken = Object.entries(LOCALES).flatMap(([locale, about]) =>
  about.parts.map((part) => [locale as Locale, part] as const),
);

describe.each(spoken)('the texts in %s of %s', (locale, part) => {
  const german = textsOf('de', part);
  const own = textsOf(locale, part);

  it('say everything that stands in German, and nothing else', () => {
    expect(Object.keys(own).sort()).toEqual(Object.keys(german).sort());
  });

  it('are no empty words, and fill in the same names', () => {
    for (const [key, message] of Object.entries(own)) {
      const wanted = new Set(forms(german[key]!).flatMap(([, text]) => names(text)));
      for (const [form, text] of forms(message)) {
        expect(text.trim(), key).not.toBe('');
        for (const name of names(text)) expect(wanted, `${key} ${form}`).toContain(name);
        if (form === 'other' || form === '') expect(names(text), key).toEqual([...wanted].sort());
      }
    }
  });

  it('have every plural form that the language knows', () => {
    const known = new Intl.PluralRules(locale).resolvedOptions().pluralCategories;
    for (const [key, message] of Object.entries(own)) {
      if (typeof message === 'string') continue;
      expect(Object.keys(message).sort(), key).toEqual([...known].sort());
    }
  });
});

describe('the keys', () => {
  it('are those of one part alone', () => {
    const parts = ['shared', 'entry', 'volunteer', 'records', 'me', 'institution'].map((part) => Object.keys(textsOf('de', part)));
    const all = parts.flat();
    expect(new Set(all).size).toBe(all.length);
  });
});
