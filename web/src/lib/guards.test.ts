import { describe, expect, it } from 'vitest';
import { entrance, ours } from './guards';

const HERE = 'https://pool.example.org';

describe('where somebody goes on after signing in', () => {
  it.each(['/app/offers', '/app/appointments/1?x=1', `${HERE}/app/hours`])('may be %s', (wanted) => {
    expect(ours(wanted, HERE)).toBe(wanted.replace(HERE, ''));
  });

  it.each([
    'https://elsewhere.example.org/app/offers',
    '//elsewhere.example.org/app/offers',
    '/\\elsewhere.example.org/app/',
    'javascript:alert(1)//app/',
    '/account',
    '/application',
    '/app/../account',
    '/app/sign-in?to=/app/sign-in',
    'offers',
    '',
  ])('is never %j', (wanted) => {
    expect(ours(wanted, HERE)).toBeUndefined();
  });

  it('is named to the page to sign in, unless it is the start', () => {
    expect(entrance('/app/')).toBe('/app/sign-in');
    expect(entrance('')).toBe('/app/sign-in');
  });
});
