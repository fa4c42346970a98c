import { describe, expect, it } from 'vitest';
import { move } from './moves';

const press = (key: string, ctrlKey = false) => ({ key, ctrlKey });

describe('a key in the grid', () => {
  it('moves by one, and turns round where one reads from the right', () => {
    expect(move(press('ArrowDown'), [1, 1], [5, 7], 'ltr')).toEqual([2, 1]);
    expect(move(press('ArrowRight'), [1, 1], [5, 7], 'ltr')).toEqual([1, 2]);
    expect(move(press('ArrowRight'), [1, 1], [5, 7], 'rtl')).toEqual([1, 0]);
    expect(move(press('ArrowLeft'), [1, 1], [5, 7], 'rtl')).toEqual([1, 2]);
  });

  it('stays inside', () => {
    expect(move(press('ArrowUp'), [0, 0], [5, 7], 'ltr')).toEqual([0, 0]);
    expect(move(press('PageDown'), [3, 6], [5, 7], 'ltr')).toEqual([4, 6]);
  });

  it('leads to the ends', () => {
    expect(move(press('Home'), [3, 4], [5, 7], 'ltr')).toEqual([3, 0]);
    expect(move(press('End', true), [3, 4], [5, 7], 'ltr')).toEqual([4, 6]);
  });

  it('that means nothing here is left to the browser', () => {
    expect(move(press('Tab'), [3, 4], [5, 7], 'ltr')).toBeUndefined();
  });
});
