/**
 * Painting by mouse, pen and finger. A mouse paints at once; a finger taps, or is held for a moment
 * and then drawn, so that a page can still be scrolled by it.
 */
const HOLD_MS = 250;
const STILL_PX = 10;
/** A click after a tap is the same deed; one without is that of a screen reader. */
const SAME_MS = 700;

export interface Hooks {
  begin(cell: HTMLElement): void;
  over(cell: HTMLElement): void;
  end(): void;
}

export function painting(table: HTMLElement, hooks: Hooks): () => void {
  let isOn = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let pressed: { cell: HTMLElement; x: number; y: number; touch: boolean } | undefined;
  let painted = 0;

  function begin() {
    if (!pressed) return;
    isOn = true;
    hooks.begin(pressed.cell);
  }
  function stop() {
    clearTimeout(timer);
    if (isOn) {
      hooks.end();
      painted = Date.now();
    }
    isOn = false;
    pressed = undefined;
  }
  function down(event: PointerEvent) {
    // A second finger zooms: what the first one was about to do is not meant.
    if (!event.isPrimary) return isOn ? undefined : stop();
    const cell = cellAt(event);
    if (!cell || event.button !== 0) return;
    const touch = event.pointerType === 'touch';
    pressed = { cell, x: event.clientX, y: event.clientY, touch };
    if (touch) timer = setTimeout(begin, HOLD_MS);
    else begin();
  }
  function move(event: PointerEvent) {
    if (!pressed) return;
    if (!isOn) {
      const far = Math.abs(event.clientX - pressed.x) + Math.abs(event.clientY - pressed.y);
      if (far > STILL_PX) stop();
      return;
    }
    const cell = cellAt(event);
    if (cell) hooks.over(cell);
  }
  function up() {
    if (pressed && !isOn) begin();
    stop();
  }
  function click(event: MouseEvent) {
    const cell = cellAt(event);
    if (!cell || Date.now() - painted < SAME_MS) return;
    hooks.begin(cell);
    hooks.end();
  }
  const hold = (event: Event) => {
    if (isOn && event.cancelable) event.preventDefault();
  };
  const quiet = (event: Event) => pressed?.touch && event.preventDefault();

  table.addEventListener('pointerdown', down);
  table.addEventListener('click', click);
  table.addEventListener('touchmove', hold, { passive: false });
  table.addEventListener('contextmenu', quiet);
  addEventListener('pointermove', move);
  addEventListener('pointerup', up);
  addEventListener('pointercancel', stop);
  return () => {
    stop();
    removeEventListener('pointermove', move);
    removeEventListener('pointerup', up);
    removeEventListener('pointercancel', stop);
  };

  function cellAt(event: MouseEvent): HTMLElement | undefined {
    const found = document.elementFromPoint(event.clientX, event.clientY) ?? (event.target as Element);
    const own = event.type === 'click' ? (event.target as Element) : found;
    const cell = own.closest<HTMLElement>('[data-start]');
    return cell && table.contains(cell) ? cell : undefined;
  }
}
