/** Amounts and caps in words. */
import { latin } from '$lib/hours';
import { euro } from '$lib/money';
import { duration } from '$lib/time';

const TYPED = /^(\d{1,3}(?:\.\d{3})+|\d+)(?:[.,](\d{1,2}))?$/;

/** Cents of `120`, `120,5`, `1.200,50` or `120.50`; undefined where nobody can know. */
export function centsOf(typed: string): number | undefined {
  const found = TYPED.exec(latin(typed).replace(/[\s€]/g, ''));
  if (!found) return undefined;
  const whole = Number((found[1] ?? '').replace(/\./g, ''));
  return whole * 100 + Number((found[2] ?? '').padEnd(2, '0'));
}

/** How much a cap is, in its own unit. */
export function quantity(unit: string, value: number): string {
  if (unit === 'minutes') return duration(value);
  return unit === 'cents' ? euro(value) : String(value);
}

interface Dated {
  month: string;
  number: number;
}

/** Claims, the latest month first. */
export function latestFirst<C extends Dated>(claims: C[]): C[] {
  return [...claims].sort(
    (one, other) => other.month.localeCompare(one.month) || other.number - one.number,
  );
}

const PAID = ['paid', 'reported'];
const STOPPED = ['rejected', 'returned', 'on_hold', 'reversed'];

/** How a claim's state looks. */
export function lookOf(state: string): 'good' | 'wait' | 'bad' | '' {
  if (PAID.includes(state) || state === 'approved' || state === 'in_payrun') return 'good';
  if (STOPPED.includes(state)) return 'bad';
  return state === 'waived' ? '' : 'wait';
}

const WAIVABLE = ['open', 'submitted', 'checked', 'approved', 'on_hold'];

/** Whether somebody may still say that she does not want the money. */
export function mayWaive(claim: { state: string; kind: string }): boolean {
  return claim.kind === 'regular' && WAIVABLE.includes(claim.state);
}
