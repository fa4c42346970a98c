/** The operator's texts: paragraphs, headings and lists, and nothing else. */
export type Block =
  | { is: 'heading'; text: string }
  | { is: 'list'; entries: string[] }
  | { is: 'paragraph'; text: string };

const HEADING = '# ';
const ENTRY = '- ';

/** Blank lines part the text; `# ` begins a heading, lines that all begin with `- ` are a list. */
export function blocksOf(text: string): Block[] {
  const parts = text.split(/\r?\n\s*\n/).map((part) => part.trim());
  return parts.filter(Boolean).flatMap((part) => blocksIn(part.split(/\r?\n/)));
}

function blocksIn(lines: string[]): Block[] {
  const [first = '', ...rest] = lines;
  if (first.startsWith(HEADING)) {
    const heading: Block = { is: 'heading', text: first.slice(HEADING.length).trim() };
    return rest.length ? [heading, ...blocksIn(rest)] : [heading];
  }
  // An entry may go on in the next line; words before the first entry are a paragraph.
  const begins = lines.findIndex((line) => line.startsWith(ENTRY));
  if (begins < 0) return [{ is: 'paragraph', text: lines.join('\n') }];
  const before: Block[] = begins ? [{ is: 'paragraph', text: lines.slice(0, begins).join('\n') }] : [];
  return [...before, { is: 'list', entries: entriesOf(lines.slice(begins)) }];
}

function entriesOf(lines: string[]): string[] {
  const entries: string[] = [];
  for (const line of lines) {
    if (line.startsWith(ENTRY)) entries.push(line.slice(ENTRY.length).trim());
    else entries[entries.length - 1] += ` ${line.trim()}`;
  }
  return entries;
}
