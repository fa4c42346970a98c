import { describe, expect, it } from 'vitest';
import { ability, bytesOf, isMadeWith, labelOf, silence, thisDevice, type Browser } from './push';

const SAFARI = 'Version/17.4 Mobile/15E148 Safari/604.1';
const IPHONE = `Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 ${SAFARI}`;
const IPAD = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/17.4 Safari/605.1.15';
const ANDROID = 'Mozilla/5.0 (Linux; Android 9; SM-G950F) AppleWebKit/537.36 Chrome/87.0.4280.101 Mobile Safari/537.36';

function browser(agent: string, more: Partial<Browser> = {}): Browser {
  return { agent, touchPoints: 0, installed: false, canPush: false, ...more };
}

describe('what a browser can', () => {
  it('is everything where it has what is needed', () => {
    expect(ability(browser(ANDROID, { canPush: true }))).toBe('able');
    expect(ability(browser(IPHONE, { canPush: true, installed: true }))).toBe('able');
  });

  it('begins on an iPhone and an iPad with the home screen', () => {
    expect(ability(browser(IPHONE, { touchPoints: 5 }))).toBe('install');
    expect(ability(browser(IPAD, { touchPoints: 5 }))).toBe('install');
  });

  it('is nothing on an old iPhone whose home screen changes nothing, and on other browsers without', () => {
    expect(ability(browser(IPHONE, { installed: true }))).toBe('unable');
    expect(ability(browser(IPAD))).toBe('unable');
    expect(ability(browser(ANDROID))).toBe('unable');
  });
});

describe('the name of a device in the list', () => {
  it.each([
    [ANDROID, 0, 'Chrome, Android'],
    [ANDROID.replace('Mobile', 'SamsungBrowser/13.0 Mobile'), 0, 'Samsung Internet, Android'],
    ['Mozilla/5.0 (Android 14; Mobile; rv:130.0) Gecko/130.0 Firefox/130.0', 0, 'Firefox, Android'],
    ['Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/130.0.0.0 Safari/537.36 Edg/130.0.0.0', 0, 'Edge, Windows'],
    ['Mozilla/5.0 (X11; Linux x86_64) Chrome/130.0.0.0 Safari/537.36', 0, 'Chrome, Linux'],
    [IPHONE, 5, 'Safari, iPhone'],
    [IPHONE.replace('Version/17.4', 'CriOS/130.0'), 5, 'Chrome, iPhone'],
    [IPAD, 5, 'Safari, iPad'],
    [IPAD, 0, 'Safari, Mac'],
    ['something else', 0, ''],
  ])('of %s', (agent, touchPoints, name) => {
    expect(labelOf(browser(agent, { touchPoints }))).toBe(name);
  });
});

describe('a key', () => {
  it('is read from base64url without padding', () => {
    expect([...bytesOf('-_8A')]).toEqual([251, 255, 0]);
    expect([...bytesOf('BAE')]).toEqual([4, 1]);
  });

  it('is known again in a subscription', () => {
    const made = { options: { applicationServerKey: bytesOf('BAEC').buffer, userVisibleOnly: true } };
    expect(isMadeWith(bytesOf('BAEC'), made)).toBe(true);
    expect(isMadeWith(bytesOf('BAED'), made)).toBe(false);
    expect(isMadeWith(bytesOf('BAECAw'), made)).toBe(false);
  });

  it('is taken for the same where the browser does not tell', () => {
    const untold = { options: { applicationServerKey: null, userVisibleOnly: true } };
    expect(isMadeWith(bytesOf('BAEC'), untold)).toBe(true);
  });
});

describe('where there is no browser at all', () => {
  it('nothing is remembered, and signing out is not held up', async () => {
    expect(thisDevice()).toBeUndefined();
    await expect(silence()).resolves.toBeUndefined();
  });
});
