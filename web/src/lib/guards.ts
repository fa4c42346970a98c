/** Who may see a part of the app: everybody else is led to where her pages are. */
import { redirect } from '@sveltejs/kit';
import { base } from '$app/paths';
import { session } from '$lib/session.svelte';

/** Where somebody's pages begin. */
export function homeOf(): string {
  if (session.me === null) return `${base}/sign-in`;
  if (session.isVolunteer) return `${base}/`;
  return session.isInstitution ? `${base}/requests` : `${base}/account`;
}

/** The page to sign in; afterwards it goes on where somebody wanted to be. */
export function entrance(wanted: string = globalThis.location?.href ?? ''): string {
  const to = ours(wanted);
  const isHome = !to || to === `${base}/`;
  return isHome ? `${base}/sign-in` : `${base}/sign-in?to=${encodeURIComponent(to)}`;
}

/** The address of a page of this app, or nothing: nobody is led anywhere else. */
export function ours(wanted: string, origin: string = globalThis.location?.origin ?? ''): string | undefined {
  try {
    const found = new URL(wanted, origin);
    const isHere = found.origin === origin && found.pathname.startsWith(`${base}/`);
    if (!isHere || found.pathname.startsWith(`${base}/sign-in`)) return undefined;
    return found.pathname + found.search;
  } catch {
    return undefined;
  }
}

export function requireVolunteer(): void {
  if (!session.isVolunteer || session.awaitsCode) turnAway();
}

export function requireInstitution(): void {
  if (!session.isInstitution || session.awaitsCode) turnAway();
}

export function requireSignedIn(): void {
  if (!session.me) turnAway();
}

function turnAway(): never {
  redirect(307, !session.me || session.awaitsCode ? entrance() : homeOf());
}
