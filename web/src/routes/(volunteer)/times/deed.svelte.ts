/**
 * Something done on these pages, and what became of it in words. Unlike an `Attempt` it may be asked
 * for once more, with booked appointments left outside of her times.
 */
import type { Kept } from '$lib/kept.svelte';
import { Refused, Unreached, type Told } from '$lib/problem';
import type { Key } from '$lib/texts/index.svelte';
import type { Values } from '$lib/texts/message';
import type { Mine, Schemas } from './mine.svelte';

export interface Word {
  key: Key;
  values?: Values;
  kind?: 'good' | 'warn' | 'bad';
}

export type Outside = Schemas['WorkOutside'];
type Work = (keep: boolean) => Promise<Word>;

const STALE = 412;

export class Deed {
  busy = $state(false);
  word = $state.raw<Word>();
  /** What the service said when it refused. */
  told = $state.raw<Told>();
  /** Booked appointments that the deed would leave outside of her times. */
  outside = $state.raw<Outside[]>([]);
  /** Where somebody was when it was asked for. */
  opener?: HTMLElement;
  private failure?: Refused;
  private last?: Work;

  constructor(private readonly reread: () => Promise<void>) {}

  /** Do it; `keep` says that booked appointments stay, whatever her times are. */
  async run(work: Work, keep = false): Promise<boolean> {
    this.clear();
    this.last = work;
    if (!keep) this.opener = document.activeElement as HTMLElement;
    this.busy = true;
    try {
      this.word = await work(keep);
      return true;
    } catch (failure) {
      await this.explain(failure);
      return false;
    } finally {
      this.busy = false;
    }
  }

  /** The same once more: the appointments outside stay booked. */
  keep = () => this.last && this.run(this.last, true);

  clear = () => {
    this.word = this.told = this.failure = undefined;
    this.outside = [];
  };

  /** What is wrong with one field. */
  of(field: string): string {
    return this.failure?.of(field) ?? '';
  }

  private async explain(failure: unknown): Promise<void> {
    if (failure instanceof Unreached) this.word = { key: 'app.unreached', kind: 'warn' };
    else if (!(failure instanceof Refused)) throw failure;
    else if (failure.status === STALE) await this.lookAgain();
    else if (failure.slug === 'work-outside') this.outside = failure.told.assignments as Outside[];
    else [this.failure, this.told] = [failure, failure.told];
  }

  private async lookAgain(): Promise<void> {
    await this.reread();
    this.word = { key: 'times.changed_meanwhile', kind: 'warn' };
  }
}

/** Change a part of her record; what changed in another part meanwhile does not matter. */
export async function change<T>(kept: Kept<Mine>, part: keyof Mine, put: (tag: string) => Promise<T>): Promise<T> {
  const before = JSON.stringify(kept.content?.[part]);
  try {
    return await put(kept.content?.tag ?? '');
  } catch (failure) {
    if (!(failure instanceof Refused) || failure.status !== STALE) throw failure;
    await kept.refresh();
    if (JSON.stringify(kept.content?.[part]) !== before) throw failure;
    return put(kept.content?.tag ?? '');
  }
}
