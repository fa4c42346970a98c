/**
 * What the app says, in the reader's language. German is there at once and stands in wherever a
 * language does not reach: Arabic and Ukrainian cover what volunteers see.
 */
import { fill, isolated, type Message, type Values } from './message';
import shared from './de/shared';
import type entry from './de/entry';
import type me from './de/me';
import type records from './de/records';
import type volunteer from './de/volunteer';
import type institution from './de/institution';

export type SharedKey = keyof typeof shared;
export type EntryKey = keyof typeof entry;
export type MeKey = keyof typeof me;
export type RecordsKey = keyof typeof records;
export type VolunteerKey = keyof typeof volunteer;
export type InstitutionKey = keyof typeof institution;
export type Key = SharedKey | EntryKey | VolunteerKey | RecordsKey | MeKey | InstitutionKey;
export type Part = 'shared' | 'entry' | 'volunteer' | 'records' | 'me' | 'institution';
export type Locale = 'de' | 'en' | 'ar' | 'uk';

interface About {
  name: string;
  direction: 'ltr' | 'rtl';
  /** Whether a native reader has signed these texts. */
  reviewed: boolean;
  parts: readonly Part[];
}

export const LOCALES: Record<Locale, About> = {
  de: { name: 'Deutsch', direction: 'ltr', reviewed: true, parts: ['shared', 'entry', 'volunteer', 'records', 'me', 'institution'] },
  en: { name: 'English', direction: 'ltr', reviewed: true, parts: ['shared', 'entry', 'volunteer', 'records', 'me', 'institution'] },
  ar: { name: 'العربية', direction: 'rtl', reviewed: false, parts: ['shared', 'entry', 'volunteer', 'records', 'me'] },
  uk: { name: 'Українська', direction: 'ltr', reviewed: false, parts: ['shared', 'entry', 'volunteer', 'records', 'me'] },
};

type Texts = Record<string, Message>;

const FILES = import.meta.glob<{ default: Texts }>('./{en,ar,uk}/*.ts');
const PLACE = 'lotsenwerk.locale';

const german: Texts = { ...shared };
const wanted = new Set<Part>(['shared']);

class Speech {
  locale = $state<Locale>(chosen());
  texts = $state.raw<Texts>({});

  /** The language of what the service says: it speaks German and English. */
  get service(): 'de' | 'en' {
    return this.locale === 'en' ? 'en' : 'de';
  }

  get direction(): 'ltr' | 'rtl' {
    return LOCALES[this.locale].direction;
  }
}

export const speech = new Speech();

/** The text under `key` in the reader's language, its `{names}` filled in. */
export function t(key: Key, values: Values = {}): string {
  const isFromRight = speech.direction === 'rtl' && key in speech.texts;
  return worded(key, isFromRight ? isolated(values) : values);
}

/** The same where nothing is filled in that could stand in another order. */
export function worded(key: Key, values: Values = {}): string {
  const own = speech.texts[key];
  return own === undefined ? fill(german[key] ?? key, 'de', values) : fill(own, speech.locale, values);
}

/** `Mo., 30. Nov., 09:30`: one after the other, with the comma of the reader's language. */
export function listed(...parts: string[]): string {
  return parts.join(t('app.comma'));
}

/** Whether `key` stands here in the reader's language; else German stands in, and is marked so. */
export function has(key: Key): boolean {
  return speech.locale === 'de' || key in speech.texts;
}

/** Let the texts of a part of the app be there before it is shown. */
export async function bring(part: Part, inGerman?: Texts): Promise<void> {
  wanted.add(part);
  Object.assign(german, inGerman);
  await speak(speech.locale);
}

/** Speak this language from now on, and remember it on this device. */
export async function choose(locale: Locale): Promise<void> {
  try {
    localStorage.setItem(PLACE, locale);
  } catch {
    // A browser that keeps nothing speaks it until it is closed.
  }
  await speak(locale).catch(again);
}

/** The texts of an older version are no more: the new version speaks the language that was chosen. */
function again(): void {
  if (navigator.onLine) location.reload();
}

async function speak(locale: Locale): Promise<void> {
  const parts = LOCALES[locale].parts.filter((part) => locale !== 'de' && wanted.has(part));
  const files = await Promise.all(parts.map((part) => FILES[`./${locale}/${part}.ts`]?.()));
  speech.texts = Object.assign({}, ...files.map((file) => file?.default));
  speech.locale = locale;
  if (typeof document === 'undefined') return;
  document.documentElement.lang = locale;
  document.documentElement.dir = speech.direction;
}

function chosen(): Locale {
  const asked = [remembered(), ...(typeof navigator === 'undefined' ? [] : navigator.languages)];
  const found = asked.map((one) => one?.slice(0, 2)).find((one) => one && one in LOCALES);
  return (found as Locale | undefined) ?? 'de';
}

function remembered(): string | null {
  try {
    return localStorage.getItem(PLACE);
  } catch {
    return null;
  }
}
