/** Something read from the service: shown at once as it was last seen here, then as it is. */
import { Refused, type Told } from './problem';
import { session } from './session.svelte';
import { database, type Keepsake } from './store';

/** What keeps itself on this device under `name`, without what `strip` leaves out. */
interface Keeping<T> {
  name: string;
  strip?(content: T): T;
  /** It is the same for everybody, also for whoever is not signed in, and stays when somebody signs out. */
  forAll?: boolean;
}

/** So long a session may lie idle: what is older is shown to nobody. */
const KEPT_MS = 14 * 86_400_000;

export class Kept<T> {
  content = $state.raw<T>();
  /** When it was read from the service. */
  at = $state<Date>();
  /** The service could not be reached: what is shown is as old as `at` says. */
  away = $state(false);
  /** Why the service did not give it. */
  refusal = $state.raw<Told>();
  loading = $state(true);
  /** Resolves once there is something to show, or it is clear that nothing comes. */
  readonly begun: Promise<void>;
  private hasBegun: () => void = () => undefined;
  /** Counts the reads: an older answer never replaces a newer one. */
  private reads = 0;

  constructor(
    private readonly load: () => Promise<T>,
    private readonly keeping?: Keeping<T>,
  ) {
    this.begun = new Promise((resolve) => (this.hasBegun = resolve));
    void this.begin();
  }

  private async begin(): Promise<void> {
    const fresh = this.refresh();
    const kept = await this.remembered();
    if (kept && this.content === undefined) {
      this.content = kept.content as T;
      this.at = new Date(kept.at);
      this.hasBegun();
    }
    await fresh;
    this.hasBegun();
  }

  /** Read it again; a failure leaves what is shown. */
  async refresh(): Promise<void> {
    const read = ++this.reads;
    const account = this.owner();
    this.loading = true;
    try {
      const content = await this.load();
      if (read === this.reads) await this.take(content, account);
    } catch (failure) {
      if (read === this.reads) this.fail(failure);
    } finally {
      if (read === this.reads) this.loading = false;
    }
  }

  private async take(content: T, account: string | undefined): Promise<void> {
    // Somebody else may have come while it was on its way: it is not hers.
    if (account !== this.owner()) return;
    this.content = content;
    this.at = new Date();
    this.away = false;
    this.refusal = undefined;
    this.hasBegun();
    await this.remember(content, account);
  }

  private fail(failure: unknown): void {
    this.away = !(failure instanceof Refused);
    this.refusal = failure instanceof Refused ? failure.told : undefined;
  }

  /** For whom it is kept. */
  private owner(): string | undefined {
    return this.keeping?.forAll ? '' : session.me?.account_id;
  }

  private async remembered(): Promise<Keepsake | undefined> {
    if (!this.keeping) return undefined;
    const { name } = this.keeping;
    const kept = await database().then((found) => found.get('keepsakes', name)).catch(() => undefined);
    const isHers = kept && kept.account === this.owner();
    return isHers && Date.now() - kept.at < KEPT_MS ? kept : undefined;
  }

  private async remember(content: T, account: string | undefined): Promise<void> {
    if (!this.keeping || account === undefined) return;
    const { name, strip } = this.keeping;
    const keepsake = { name, account, content: strip ? strip(content) : content, at: Date.now() };
    await database().then((found) => found.put('keepsakes', keepsake)).catch(() => undefined);
  }
}
