// The content lines of an iCalendar file: what was folded over several lines is one again (RFC 5545, section 3.1).

/** One content line, with the number of the line on which it begins. */
export interface ContentLine {
  readonly number: number;
  /** What stands before the first `;` or `:`, in capitals. */
  readonly name: string;
  readonly text: string;
}

/** The content lines of a file, in order; empty lines are left out. */
export function contentLines(source: string): readonly ContentLine[] {
  const unfolded: { readonly number: number; readonly parts: string[] }[] = [];
  for (const [index, line] of source
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\n|\r/)
    .entries()) {
    const last = unfolded.at(-1);
    if (last && /^[ \t]/.test(line)) last.parts.push(line.slice(1));
    else if (line.trim() !== '') unfolded.push({ number: index + 1, parts: [line] });
  }
  return unfolded.map(({ number, parts }) => lineOf(number, parts.join('')));
}

function lineOf(number: number, text: string): ContentLine {
  return { number, name: text.slice(0, endOfName(text)).toUpperCase(), text };
}

function endOfName(text: string): number {
  const end = text.search(/[;:]/);
  return end === -1 ? text.length : end;
}
