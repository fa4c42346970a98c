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

function formOf(message: Message, locale: string, values: Values): string {
  if (typeof message === 'string') return message;
  const form = new Intl.PluralRules(locale).select(Number(values.n ?? 0));
  return message[form] ?? message.other ?? '';
}

function shown(value: string | number, locale: string): string {
  return typeof value === 'number' ? new Intl.NumberFormat(locale).format(value) : value;
}
