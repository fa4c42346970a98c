/** Pushes to this device: what the browser can, and what the service and this device remember of it. */
import { api, got } from './api';
import { note, noted } from './device';

/** How it stands on this device: `install` means that it can once the app is on its home screen. */
export type Standing = 'on' | 'off' | 'denied' | 'install' | 'unable';

/** What became of switching it on. */
export type Enabled = 'on' | 'denied' | 'failed';

const PLACE = 'lotsenwerk.push';
/** The account that has this device woken. */
const WHOSE = 'lotsenwerk.push.account';
const PATIENCE_MS = 3000;

/** What a browser says of itself that matters here. */
export interface Browser {
  agent: string;
  touchPoints: number;
  /** Opened from the home screen. */
  installed: boolean;
  canPush: boolean;
}

export function thisBrowser(): Browser {
  const { userAgent, maxTouchPoints } = navigator;
  const installed = 'standalone' in navigator && navigator.standalone === true;
  return {
    agent: userAgent,
    touchPoints: maxTouchPoints,
    installed: installed || matchMedia('(display-mode: standalone)').matches,
    canPush: 'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window,
  };
}

function isApple({ agent, touchPoints }: Browser): boolean {
  // An iPad calls itself a Macintosh; no Macintosh has a touch screen.
  return /iPhone|iPad|iPod/.test(agent) || (agent.includes('Macintosh') && touchPoints > 1);
}

/** Whether a browser can be woken at all, and what is missing. */
export function ability(browser: Browser): 'able' | 'install' | 'unable' {
  if (browser.canPush) return 'able';
  return isApple(browser) && !browser.installed ? 'install' : 'unable';
}

const PROGRAMS: [RegExp, string][] = [
  [/Edg(A|iOS)?\//, 'Edge'],
  [/SamsungBrowser\//, 'Samsung Internet'],
  [/OPR\/|OPiOS\//, 'Opera'],
  [/Firefox\/|FxiOS\//, 'Firefox'],
  [/Chrome\/|CriOS\//, 'Chrome'],
  [/Safari\//, 'Safari'],
];
const DEVICES: [RegExp, string][] = [
  [/iPhone|iPod/, 'iPhone'],
  [/iPad/, 'iPad'],
  [/Android/, 'Android'],
  [/Windows/, 'Windows'],
  [/Macintosh/, 'Mac'],
  [/CrOS/, 'Chromebook'],
  [/Linux/, 'Linux'],
];

/** What its owner knows a device by in a list: `Chrome, Android`. */
export function labelOf(browser: Browser): string {
  const named = (names: [RegExp, string][]) => names.find(([sign]) => sign.test(browser.agent))?.[1];
  const device = named(DEVICES);
  const isPad = device === 'Mac' && browser.touchPoints > 1;
  return [named(PROGRAMS), isPad ? 'iPad' : device].filter(Boolean).join(', ');
}

/** The bytes of a key that is written in base64url. */
export function bytesOf(key: string): Uint8Array<ArrayBuffer> {
  const text = atob(key.replace(/-/g, '+').replace(/_/g, '/'));
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

/** Whether a subscription was made with this key; where the browser does not tell, it was. */
export function isMadeWith(key: Uint8Array, subscription: Pick<PushSubscription, 'options'>): boolean {
  const used = subscription.options?.applicationServerKey;
  if (!used) return true;
  const bytes = new Uint8Array(used);
  return bytes.length === key.length && bytes.every((byte, at) => byte === key[at]);
}

/** How it stands on this device, given the ids under which the service knows her devices. */
export async function standing(known: readonly string[]): Promise<Standing> {
  const can = ability(thisBrowser());
  if (can !== 'able') return can;
  const found = await registration();
  if (!found) return 'unable';
  if (Notification.permission === 'denied') return 'denied';
  const subscribed = await found.pushManager.getSubscription().catch(() => null);
  return subscribed && known.includes(thisDevice() ?? '') ? 'on' : 'off';
}

/** Have this device woken for `account`: asks its owner, subscribes, and tells the service. */
export async function enable(account: string): Promise<Enabled> {
  // First of all: a browser asks only right after a tap.
  const permission = await Notification.requestPermission();
  if (permission === 'denied') return 'denied';
  if (permission !== 'granted') return 'failed';
  const { key } = await got(api.GET('/api/v1/push-key'));
  const subscribed = await subscription(bytesOf(key)).catch(() => undefined);
  if (!subscribed) return 'failed';
  await enter(subscribed, account);
  return 'on';
}

/**
 * After somebody signed in: the service wakes a device only for as long as the session lasts in which
 * it was entered. What she had switched on goes on; what was meant for another account ends.
 */
export async function resume(account: string): Promise<void> {
  const whose = noted(WHOSE);
  if (!whose) return;
  if (whose !== account) return unsubscribe();
  const there = await (await registration())?.pushManager?.getSubscription();
  if (there) await enter(there, account);
}

async function subscription(key: Uint8Array<ArrayBuffer>): Promise<PushSubscription | undefined> {
  const manager = (await registration())?.pushManager;
  const there = await manager?.getSubscription();
  if (there && isMadeWith(key, there)) return there;
  // A browser refuses a second one under another key.
  await there?.unsubscribe();
  return manager?.subscribe({ userVisibleOnly: true, applicationServerKey: key });
}

async function enter(subscribed: PushSubscription, account: string): Promise<void> {
  const { endpoint, keys } = subscribed.toJSON();
  const body = {
    endpoint: endpoint ?? '',
    keys: { p256dh: keys?.p256dh ?? '', auth: keys?.auth ?? '' },
    label: labelOf(thisBrowser()),
  };
  const { id } = await got(api.POST('/api/v1/push-subscriptions', { body }));
  note(PLACE, id);
  note(WHOSE, account);
}

/** This device is woken no more, and the service forgets it. */
export async function disable(): Promise<void> {
  const id = thisDevice();
  await unsubscribe();
  if (id) await withdraw(id);
}

/** The service forgets one of her devices. */
export async function withdraw(id: string): Promise<void> {
  await api.DELETE('/api/v1/push-subscriptions/{subscription_id}', {
    params: { path: { subscription_id: id } },
  });
}

/**
 * Before somebody signs out: whoever takes this device next hears nothing that was meant for her.
 * It never fails and keeps nobody waiting; a device that is gone is forgotten by the service itself.
 */
export async function silence(): Promise<void> {
  const patience = new Promise<void>((done) => setTimeout(done, PATIENCE_MS));
  await Promise.race([disable().catch(() => undefined), patience]);
}

/** The browser itself takes nothing any more, and shows nothing that came; nobody is told. */
export async function unsubscribe(): Promise<void> {
  note(PLACE, undefined);
  note(WHOSE, undefined);
  const found = await registration();
  const shown = (await found?.getNotifications?.().catch(() => [])) ?? [];
  shown.forEach((one) => one.close());
  const there = await found?.pushManager?.getSubscription().catch(() => null);
  await there?.unsubscribe().catch(() => false);
}

/** The id under which the service knows this device. */
export function thisDevice(): string | undefined {
  return noted(PLACE);
}

async function registration(): Promise<ServiceWorkerRegistration | undefined> {
  if (typeof navigator === 'undefined' || !('serviceWorker' in navigator)) return undefined;
  // Not `ready`: it never answers where there is no service worker.
  return navigator.serviceWorker.getRegistration().catch(() => undefined);
}
