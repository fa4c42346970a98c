/** A text for people: one sentence, or one for each plural form of its language, by `n`. */
export type Message = string | Partial<Record<Intl.LDMLPluralRule, string>>;

export type Values = Record<string, string | number>;

/** The sentence for these values: `{name}` is filled in; of plural forms the one for `n`. */
export function fill(message: Message, locale: string, values: Values = {}): string {
  return formOf(message, locale, values).replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    return value === undefined ? whole : shown(value, locale);
  });
}

/** The same values, each kept in its own order between words that are read from the right. */
export function isolated(values: Values): Values {
  const kept = ([name, value]: [string, string | number]) =>
    [name, typeof value === 'string' ? `\u2068${value}\u2069` : value] as const;
  return Object.fromEntries(Object.entries(values).map(kept));
}

function formOf(message: Message, locale: string, values: Values): string {
  if (typeof message === 'string') return message;
  const form = new Intl.PluralRules(locale).select(Number(values.n ?? 0));
  return message[form] ?? message.other ?? '';
}

function shown(value: string | number, locale: string): string {
  // The first number a browser writes itself takes a slow phone a tenth of a second.
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < 1000) return String(value);
  // Digits and commas as on the clocks and in the letters here, whatever language is read.
  return typeof value === 'number' ? new Intl.NumberFormat(locale === 'en' ? 'en' : 'de').format(value) : value;
}
