/** Something that is done with the service on a page, and what became of it in words. */
import { wordsOf, type Words } from './failure';
import { Refused } from './problem';
import { speech, t } from './texts/index.svelte';

const STALE = 412;

export class Attempt {
  busy = $state(false);
  kind = $state<'good' | 'bad'>('good');
  /** What became of it. */
  words = $state.raw<Words>();
  /** The refusal itself, for what is wrong with single fields. */
  refused = $state.raw<Refused>();

  /** `renew` reads again what somebody else has changed meanwhile. */
  constructor(private readonly renew: () => Promise<unknown> = async () => undefined) {}

  /** Do it; afterwards `words` says `done`, or why not. Whether it was done. */
  async run(work: () => Promise<unknown>, done = ''): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    this.clear();
    try {
      await work();
      if (done) this.say('good', done);
      return true;
    } catch (failure) {
      await this.fail(failure);
      return false;
    } finally {
      this.busy = false;
    }
  }

  say(kind: 'good' | 'bad', text: string): void {
    this.kind = kind;
    this.words = { text, lang: speech.locale };
  }

  clear(): void {
    this.words = undefined;
    this.refused = undefined;
  }

  private async fail(failure: unknown): Promise<void> {
    this.kind = 'bad';
    if (failure instanceof Refused && failure.status === STALE) {
      await this.renew();
      return this.say('bad', t('app.stale'));
    }
    this.words = wordsOf(failure);
    if (failure instanceof Refused) this.refused = failure;
  }

  /** Whether the service asks first for a proof that it is she. */
  get needsProof(): boolean {
    return this.refused?.slug === 'proof-needed';
  }

  /** What is wrong with one field. */
  of(field: string): string {
    return this.refused?.of(field) ?? '';
  }
}
