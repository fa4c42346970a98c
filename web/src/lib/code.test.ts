import { expect, it } from 'vitest';
import { sixDigits } from './code';

it.each(['123456', '123 456', ' 123456\n', 'Ihr Code: 123 456.', '١٢٣٤٥٦', '۱۲۳۴۵۶'])('%j is a code', (typed) => {
  expect(sixDigits(typed)).toBe('123456');
});

it.each(['', '12345', '1234567', 'abcdef', '123 45'])('%j is none', (typed) => {
  expect(sixDigits(typed)).toBeUndefined();
});
