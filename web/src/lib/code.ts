/** A code of six digits, as people type or paste it. */
const ZEROS = ['0', '٠', '۰'];

/** Its six digits, or nothing where there are not six: `Code: 123 456` is `123456`. */
export function sixDigits(typed: string): string | undefined {
  const digits = Array.from(typed, (sign) => westernOf(sign)).join('');
  return digits.length === 6 ? digits : undefined;
}

/** A digit as the service wants it; anything else is left out. */
function westernOf(sign: string): string {
  const found = ZEROS.map((zero) => sign.charCodeAt(0) - zero.charCodeAt(0));
  return String(found.find((value) => value >= 0 && value <= 9) ?? '');
}
