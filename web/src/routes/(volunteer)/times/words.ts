/** Days and times of a week, as they are written on these pages. */
import { inOrder, weekday } from '$lib/time';
import { listed, t } from '$lib/texts/index.svelte';
import { clockOf, runs } from '$lib/week';

/** `Mo–Mi, Fr` of `[0, 1, 2, 4]`. */
export function daysOf(days: number[]): string {
  const short = (day: number) => weekday(day, 'short');
  const names = runs(days).map(([first, last]) => {
    if (first === last) return short(first);
    return `${short(first)}${last - first > 1 ? '–' : t('app.comma')}${short(last)}`;
  });
  return listed(...names);
}

/** `08:00–12:00 Uhr` */
export function timeOf(start: number, end: number): string {
  return t('times.span', { span: inOrder(`${clockOf(start)}–${clockOf(end)}`) });
}
