/** A day and its hours as they stand on a German form, whatever language the app speaks. */
import { clock } from '$lib/time';

const LONG = new Intl.DateTimeFormat('de', {
  timeZone: 'Europe/Berlin',
  weekday: 'long',
  day: 'numeric',
  month: 'long',
  year: 'numeric',
});

/** `Montag, 30. November 2026` */
export function dayInGerman(moment: string): string {
  return LONG.format(new Date(moment));
}

/** `09:30–10:30 Uhr` */
export function spanInGerman({ starts_at, ends_at }: { starts_at: string; ends_at: string }): string {
  return `${clock(starts_at)}–${clock(ends_at)} Uhr`;
}
