/** What went wrong with a call, in words for people: RFC 9457 as the service writes it. */
import type { components } from './schema';

export type Told = components['schemas']['Problem'] & Record<string, unknown>;

const PROBLEMS = '/problems/';

/** The service has read the call and refused it. */
export class Refused extends Error {
  constructor(readonly told: Told) {
    super(told.detail);
  }

  get status(): number {
    return this.told.status;
  }

  /** The last part of its type: `offer-expired`. */
  get slug(): string {
    return this.told.type.split('/').pop() ?? '';
  }

  /** What is wrong with one field, by the last part of its pointer. */
  of(field: string): string | undefined {
    const found = this.told.errors?.find((one) => one.pointer.split('/').pop() === field);
    return found?.detail;
  }
}

/** The call did not reach the service, or it has no time now: the same may be sent again. */
export class Unreached extends Error {
  /** `told` is what the service said, where it said anything. */
  constructor(
    readonly afterSeconds = 0,
    readonly told?: Told,
  ) {
    super('unreached');
  }
}

/** Whether the same call may succeed later without anything being changed. */
export function passes(status: number): boolean {
  return status === 408 || status === 425 || status === 429 || status >= 500;
}

/** The failure that an answer of the service stands for. */
export async function failureOf(response: Response): Promise<Refused | Unreached> {
  const { status, statusText: title } = response;
  const said = await response.json().catch(() => ({}));
  const told: Told = { type: 'about:blank', title, status, detail: title, ...said };
  // What names no problem of the service comes from something between: its mind is not known.
  const isTold = String(told.type).startsWith(PROBLEMS);
  if (!passes(status) && isTold) return new Refused(told);
  return new Unreached(Number(response.headers.get('Retry-After')) || 0, told);
}
