/** What the pages about money read. None of it is kept on the device. */
import { api, got } from '$lib/api';
import { Kept } from '$lib/kept.svelte';
import { all } from '$lib/reads';
import type { components } from '$lib/schema';
import { latestFirst } from './amounts';

type Schemas = components['schemas'];
export type Claim = Schemas['ClaimRead'];
export type Payment = Schemas['PaymentRead'];
export type TaxYear = Schemas['TaxYearRead'];
export type Declared = Schemas['DeclaredIncomeRead'];

const limit = 200;

/** Her claims, the latest month first. */
export function claims(): Kept<Claim[]> {
  const read = (cursor?: string) => got(api.GET('/api/v1/claims', { params: { query: { limit, cursor } } }));
  return new Kept(async () => latestFirst(await all(read)));
}

/** A claim with its lines, each explained. */
export function claim(id: string): Kept<Schemas['ClaimDetail']> {
  return new Kept(() => got(api.GET('/api/v1/claims/{claim_id}', { params: { path: { claim_id: id } } })));
}

/** Transfers to her, the latest first. */
export function payments(): Kept<Payment[]> {
  const read = (cursor?: string) => got(api.GET('/api/v1/payments', { params: { query: { limit, cursor } } }));
  return new Kept(async () => (await all(read)).sort((one, other) => other.payrun_number - one.payrun_number));
}

/** What the caps of her rate plans leave her this year. */
export function caps(): Kept<Schemas['CapRead'][]> {
  return new Kept(() => got(api.GET('/api/v1/me/caps')));
}

/** What she was paid in a year, by tax rule. */
export function taxYears(year: number): Kept<TaxYear[]> {
  return new Kept(async () => {
    const { items } = await got(api.GET('/api/v1/tax-ledger', { params: { query: { year } } }));
    return items.flatMap((one) => one.years);
  });
}

/** What she said that she was paid elsewhere in a year, the newest word first. */
export function declared(year: number): Kept<Declared[]> {
  const read = (cursor?: string) =>
    got(api.GET('/api/v1/declared-incomes', { params: { query: { year, limit, cursor } } }));
  return new Kept(async () =>
    (await all(read)).sort((one, other) => Date.parse(other.created_at) - Date.parse(one.created_at)),
  );
}

/** What a benefit leaves her, if she has switched that on. */
export function benefits(year: number): Kept<Schemas['BenefitRead']> {
  return new Kept(() => got(api.GET('/api/v1/me/benefits', { params: { query: { year } } })));
}
