/** Amounts: cents everywhere, shown as they stand in letters and lists here: `20,00 €`. */
import { speech } from './texts/index.svelte';

export function euro(cents: number): string {
  const format = new Intl.NumberFormat(speech.service, { style: 'currency', currency: 'EUR' });
  return format.format(cents / 100);
}
