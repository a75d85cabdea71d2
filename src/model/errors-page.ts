// The page of all errors, made from their registry.
import { ERRORS, type ErrorEntry } from './errors.ts';

const INTRODUCTION = `# Errors

Every error that a person can meet has a code. The API answers it with its HTTP status and this body; the command line prints message,
problems and remedy on its error output and exits with 1 (refused), 64 (called wrongly), 69 (no platform answers) or 70 (a fault of Berth's own).

\`\`\`json
{ "error": { "code": "…", "message": "…", "remedy": "…", "details": {}, "problems": [] } }
\`\`\`

\`problems\` names several things at once, for example in an uploaded file: the file, the JSON path in it, the line where it
was sent as text, what was found and what was expected. Words in braces are filled in from \`details\`. "May pass by itself" says whether the same act may succeed later without anybody doing anything.

This page is generated from the program: change the registry, not the page.
`;

/** The page as Markdown: one table for each part of the platform, the part being the word before the dot. */
export function errorsPage(): string {
  const entries = Object.entries<ErrorEntry>(ERRORS).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const parts = Map.groupBy(entries, ([code]) => code.split('.')[0] ?? '');
  return [INTRODUCTION, ...[...parts].map(([part, inPart]) => section(part, inPart))].join('\n');
}

function section(part: string, entries: readonly (readonly [string, ErrorEntry])[]): string {
  const rows = entries.map(([code, { message, remedy, status, retry }]) =>
    [`\`${code}\``, message, remedy, String(status), retry === 'retry' ? 'yes' : 'no'].map(cell).join(' | '),
  );
  const heading = '| Code | Message | What to do | Status | May pass by itself |\n|---|---|---|---|---|';
  return `## ${part}\n\n${heading}\n${rows.map((row) => `| ${row} |`).join('\n')}\n`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
