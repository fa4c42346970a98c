/**
 * The built files run where volunteers are: Chrome 87 on Android 9, Safari of iOS 14.5. What those
 * do not know is not in them, neither as syntax nor as a call that is not looked at first.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parse, type AnyNode, type Node } from 'acorn';
import { describe, expect, it } from 'vitest';

const BUILT = join(import.meta.dirname, '..', 'build');

function filesIn(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? filesIn(path) : [path];
  });
}

const scripts = filesIn(BUILT).filter((path) => path.endsWith('.js'));
const styles = filesIn(BUILT).filter((path) => path.endsWith('.css'));

/** Calls that came later; a leading `?.` or a look at them before is how libraries get along. */
const LATE_CALLS = [
  // Svelte tries it and goes on without; for a date in a snapshot it does not, and we take none of dates.
  /(?<![\w$]|try\s*\{\s*return |getTime\(\),)structuredClone\(/,
  /\.randomUUID\(/,
  /Object\.hasOwn\(/,
  /\.findLast(Index)?\(/,
  /\.to(Sorted|Reversed|Spliced)\(/,
  /\.replaceChildren\(/,
  /AbortSignal\.(timeout|any)\(/,
  /Promise\.(withResolvers|try)\(/,
  /Array\.fromAsync\(/,
  /\.at\(-?\d+\)/,
];

const LATE_STYLES = [
  /:is\(/,
  /:where\(/,
  /:has\(/,
  /aspect-ratio\s*:/,
  /@(layer|container|property)\b/,
  /(?<![\w-])(dvh|svh|lvh)\b/,
  /color-mix\(/,
  /(^|[{};])\s*&/,
];

function* nodesIn(node: Node): Generator<AnyNode> {
  yield node as AnyNode;
  for (const value of Object.values(node)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one && typeof one === 'object' && typeof one.type === 'string') yield* nodesIn(one as Node);
    }
  }
}

function isLate(node: AnyNode): boolean {
  switch (node.type) {
    case 'StaticBlock':
      return true;
    case 'MethodDefinition':
      return node.key.type === 'PrivateIdentifier';
    case 'BinaryExpression':
      return node.left.type === 'PrivateIdentifier';
    case 'Literal':
      return Boolean(node.regex && (/[dv]/.test(node.regex.flags) || /\(\?<[=!]/.test(node.regex.pattern)));
    default:
      return false;
  }
}

function lateIn(script: string): string[] {
  const syntax = [...nodesIn(parse(script, { ecmaVersion: 2022, sourceType: 'module' }))].filter(isLate);
  const calls = LATE_CALLS.filter((call) => call.test(script));
  return [...syntax.map((node) => script.slice(node.start, node.end).slice(0, 60)), ...calls.map(String)];
}

describe('the built files', () => {
  it('are there', () => {
    expect(scripts.length).toBeGreaterThan(5);
    expect(styles.length).toBeGreaterThan(0);
  });

  it.each(scripts)('%s runs on old phones', (path) => {
    expect(lateIn(readFileSync(path, 'utf8'))).toEqual([]);
  });

  it.each(styles)('%s is drawn on old phones', (path) => {
    const style = readFileSync(path, 'utf8');
    expect(LATE_STYLES.filter((late) => late.test(style))).toEqual([]);
  });

  it('ask nobody else for anything', () => {
    const KNOWN = /https?:\/\/(www\.w3\.org|svelte\.dev|kit\.svelte\.dev|localhost|a\b)/;
    for (const path of [...scripts, ...styles]) {
      const addresses = readFileSync(path, 'utf8').match(/https?:\/\/[\w.-]+/g) ?? [];
      expect(addresses.filter((one) => !KNOWN.test(one)), path).toEqual([]);
    }
  });
});

describe('the look for what is too new', () => {
  it.each([
    'class A { static { 1; } }',
    'class A { #m() {} }',
    'class A { #f; has(o) { return #f in o; } }',
    'const a = /(?<=b)c/;',
    'structuredClone(a)',
    'list.at(-1)',
  ])('finds %s', (script) => {
    expect(lateIn(script)).not.toEqual([]);
  });
});
