/** What the service says of a request before it is sent: asked after a short quiet while typing. */
import { api, got } from '$lib/api';
import { checkable, checkableDay, type Draft } from '$lib/ask';
import { Refused } from '$lib/problem';
import type { components } from '$lib/schema';

type Schemas = components['schemas'];
export type Told = Schemas['RequestCheck'];
export type Plan = Schemas['ParentsDayPlan'];

const QUIET_MS = 600;

export class Checking {
  told = $state.raw<Told>();
  plan = $state.raw<Plan>();
  /** Why it cannot be so, in the words of the service. */
  refusal = $state('');
  busy = $state(false);
  private asked = '';

  /** Look at it soon; what is returned calls it off. */
  soon(draft: Draft): () => void {
    const timer = setTimeout(() => void this.look(draft), QUIET_MS);
    return () => clearTimeout(timer);
  }

  private async look(draft: Draft): Promise<void> {
    const isDay = draft.kind === 'parents_day';
    const body = isDay ? checkableDay(draft, new Date()) : checkable(draft, new Date());
    const asked = JSON.stringify(body ?? null);
    if (asked === this.asked) return;
    this.asked = asked;
    if (!body) return this.take(asked, {});
    this.busy = true;
    try {
      this.take(asked, await ('needs' in body ? lookAtDay(body) : lookAt(body)));
    } catch (failure) {
      this.fail(asked, failure);
    } finally {
      if (asked === this.asked) this.busy = false;
    }
  }

  private take(asked: string, found: { told?: Told; plan?: Plan; refusal?: string }): void {
    // A late answer is about something else by now.
    if (asked !== this.asked) return;
    this.told = found.told;
    this.plan = found.plan;
    this.refusal = found.refusal ?? '';
  }

  /** Without network nobody looks at it: it is looked at when it is sent. */
  private fail(asked: string, failure: unknown): void {
    if (failure instanceof Refused) this.take(asked, { refusal: failure.told.detail });
    else if (asked === this.asked) this.asked = '';
  }

  /** What is to be said about a text, in words of the service. */
  about(field: string): Told['concerns'] {
    return this.told?.concerns.filter((one) => one.field === field) ?? [];
  }

  /** Languages that are not clear yet, as they were written. */
  get unclear(): string[] {
    return this.questions.filter((code) => code.startsWith('language:')).map((code) => code.slice('language:'.length));
  }

  get questions(): string[] {
    return this.told?.open_questions ?? this.plan?.open_questions ?? [];
  }

  get warnings(): string[] {
    return this.told?.warnings ?? this.plan?.warnings ?? [];
  }
}

async function lookAt(body: Schemas['RequestCreate']) {
  return { told: await got(api.POST('/api/v1/requests/check', { body })) };
}

async function lookAtDay(body: Schemas['ParentsDayWrite']) {
  return { plan: await got(api.POST('/api/v1/parents-days/check', { body })) };
}
