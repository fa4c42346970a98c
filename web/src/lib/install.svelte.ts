/** Putting the app on the home screen. */
import { ability, thisBrowser } from './push';

/** What Chrome and its relatives offer; the others let people do it themselves. */
interface Offer extends Event {
  prompt(): Promise<{ outcome: 'accepted' | 'dismissed' }>;
}

class Install {
  private offer = $state.raw<Offer>();
  done = $state(false);

  get isOffered(): boolean {
    return Boolean(this.offer);
  }

  keep(offer: Event): void {
    // The browser's own banner would come at any moment; ours waits on its page.
    offer.preventDefault();
    this.offer = offer as Offer;
  }

  /** Ask the owner of the device; an offer holds once. */
  async ask(): Promise<void> {
    const asked = this.offer;
    this.offer = undefined;
    const answer = await asked?.prompt();
    if (answer?.outcome === 'accepted') this.done = true;
  }
}

export const install = new Install();

/** Listen from the start: browsers offer it once, early. */
export function watchInstall(): void {
  install.done = thisBrowser().installed;
  addEventListener('beforeinstallprompt', (offer) => install.keep(offer));
  addEventListener('appinstalled', () => (install.done = true));
}

/** On an iPhone or iPad its owner does it herself, by the share button. */
export function isApple(): boolean {
  return ability({ ...thisBrowser(), canPush: false, installed: false }) === 'install';
}
