/** How the app looks on this device: as the device says, or as its owner chose. */
export const THEMES = ['device', 'light', 'dark', 'contrast'] as const;
export type Theme = (typeof THEMES)[number];

const PLACE = 'lotsenwerk.theme';

export function theme(): Theme {
  const found = document.documentElement.dataset.theme as Theme | undefined;
  return found ?? 'device';
}

export function wear(chosen: Theme): void {
  if (chosen === 'device') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = chosen;
  try {
    localStorage.setItem(PLACE, chosen);
  } catch {
    // It lasts until the app is closed.
  }
}
