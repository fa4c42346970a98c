/** Where a key leads in a grid. */
const ROWS_A_PAGE = 4;

type Place = [number, number];

/** The place after a key, within so many rows and columns; nothing where the key leads nowhere. */
export function move(
  event: { key: string; ctrlKey: boolean },
  [row, column]: Place,
  [rows, columns]: Place,
  direction: 'ltr' | 'rtl',
): Place | undefined {
  const onward = direction === 'rtl' ? 'ArrowLeft' : 'ArrowRight';
  const back = direction === 'rtl' ? 'ArrowRight' : 'ArrowLeft';
  const ways: Record<string, Place> = {
    ArrowUp: [row - 1, column],
    ArrowDown: [row + 1, column],
    [onward]: [row, column + 1],
    [back]: [row, column - 1],
    Home: [event.ctrlKey ? 0 : row, 0],
    End: [event.ctrlKey ? rows - 1 : row, columns - 1],
    PageUp: [row - ROWS_A_PAGE, column],
    PageDown: [row + ROWS_A_PAGE, column],
  };
  const next = ways[event.key];
  if (!next) return undefined;
  return [within(next[0], rows), within(next[1], columns)];
}

function within(at: number, length: number): number {
  return Math.max(0, Math.min(at, length - 1));
}
