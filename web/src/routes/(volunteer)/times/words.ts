/** Days and times of a week, as they are written on these pages. */
import { weekday } from '$lib/time';
import { t } from '$lib/texts/index.svelte';
import { clockOf, runs } from '$lib/week';

/** `Mo–Mi, Fr` of `[0, 1, 2, 4]`. */
export function daysOf(days: number[]): string {
  const short = (day: number) => weekday(day, 'short');
  const names = runs(days).map(([first, last]) => {
    if (first === last) return short(first);
    return `${short(first)}${last - first > 1 ? '–' : ', '}${short(last)}`;
  });
  return names.join(', ');
}

/** Kept together and in this order, also between words that are read from the right. */
const isolated = (text: string) => `\u2066${text}\u2069`;

/** `08:00–12:00 Uhr` */
export function timeOf(start: number, end: number): string {
  return t('times.span', { span: isolated(`${clockOf(start)}–${clockOf(end)}`) });
}
