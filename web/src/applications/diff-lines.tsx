// A unified diff as people read it: lines that went, lines that came, and where.
import { ScrollArea } from '@mantine/core';
import styles from './diff-lines.module.css';

interface Line {
  /** Its number before and after; the place of a stretch has both of its first line. */
  readonly before: number;
  readonly after: number;
  readonly mark: string;
  readonly text: string;
}

const KINDS: Readonly<Record<string, string | undefined>> = { '+': styles.came, '-': styles.went, '@': styles.place };
const PLACE = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@/;

/** The lines of a unified diff. */
export function DiffLines({ label, diff }: { readonly label: string; readonly diff: string }) {
  return (
    <ScrollArea type="auto" viewportProps={{ tabIndex: 0, role: 'region', 'aria-label': label }}>
      <div className={styles.diff}>
        {linesOf(diff).map((line) => (
          <DiffLine key={`${line.before} ${line.after} ${line.mark}`} line={line} />
        ))}
      </div>
    </ScrollArea>
  );
}

function DiffLine({ line: { before, after, mark, text } }: { readonly line: Line }) {
  return (
    <div className={`${styles.line} ${KINDS[mark] ?? ''}`}>
      <span className={styles.number} aria-hidden>
        {mark === '@' ? '' : mark === '-' ? before : after}
      </span>
      {mark === '@' ? `from line ${Math.max(1, after)} on` : `${mark}${text}`}
    </div>
  );
}

/** What stands before the first stretch are the names of the files, which are told elsewhere. */
function linesOf(diff: string): readonly Line[] {
  const lines: Line[] = [];
  let at: { before: number; after: number } | null = null;
  for (const raw of diff.split('\n')) {
    const [, before, after] = PLACE.exec(raw) ?? [];
    if (before !== undefined && after !== undefined) {
      at = { before: Number(before), after: Number(after) };
      lines.push({ ...at, mark: '@', text: '' });
    } else if (at && raw !== '') {
      const mark = raw[0] ?? ' ';
      lines.push({ ...at, mark, text: raw.slice(1) });
      if (mark === ' ' || mark === '-') at.before++;
      if (mark === ' ' || mark === '+') at.after++;
    }
  }
  return lines;
}
