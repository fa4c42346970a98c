/** Words that this device remembers and that its other open pages hear of at once. */

/** Where a browser keeps nothing, they last as long as the page. */
const unwritten = new Map<string, string>();

export function noted(name: string): string | undefined {
  try {
    return localStorage.getItem(name) ?? undefined;
  } catch {
    return unwritten.get(name);
  }
}

/** Remember a word, or with `undefined` forget it. */
export function note(name: string, word: string | undefined): void {
  if (word === undefined) unwritten.delete(name);
  else unwritten.set(name, word);
  try {
    if (word === undefined) localStorage.removeItem(name);
    else localStorage.setItem(name, word);
  } catch {
    // It lasts as long as the page.
  }
}
