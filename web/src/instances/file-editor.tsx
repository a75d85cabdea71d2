// An instance file as text, with the numbers of its lines; those with problems are marked.
import { Text } from '@mantine/core';
import { type Ref, useImperativeHandle, useRef } from 'react';
import type { AnsweredProblem } from '../api/answered-error.ts';
import styles from './file-editor.module.css';

/** What others may ask of the editor. */
export interface FileEditorHandle {
  /** Selects a line, counted from 1. */
  showLine(line: number): void;
}

interface Editor {
  readonly text: string;
  readonly problems: readonly AnsweredProblem[];
  readonly onChange: (text: string) => void;
  readonly ref: Ref<FileEditorHandle>;
}

/** A text in which JSON or YAML is written or pasted. */
export function FileEditor({ text, problems, onChange, ref }: Editor) {
  const area = useRef<HTMLTextAreaElement>(null);
  useImperativeHandle(ref, () => ({ showLine: (line) => showLine(area.current, line) }), []);
  const marked = new Set(problems.map(({ line }) => line));
  const count = text.split('\n').length;
  return (
    <div>
      <div className={styles.editor}>
        <div className={styles.numbers} aria-hidden>
          {Array.from({ length: count }, (_, index) => index + 1).map((line) => (
            <div key={line} className={marked.has(line) ? styles.marked : ''}>
              {line}
            </div>
          ))}
        </div>
        <textarea
          ref={area}
          className={styles.text}
          aria-label="Instance file, JSON or YAML"
          aria-invalid={problems.length > 0}
          spellCheck={false}
          wrap="off"
          rows={Math.max(count, 24)}
          value={text}
          onChange={({ currentTarget }) => onChange(currentTarget.value)}
        />
      </div>
      <Text size="xs" c="dimmed" mt={4}>
        JSON or YAML, written or pasted. The form shows the same file.
      </Text>
    </div>
  );
}

function showLine(area: HTMLTextAreaElement | null, line: number): void {
  if (!area) return;
  const lines = area.value.split('\n');
  const start = lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0);
  area.focus();
  area.setSelectionRange(start, start + (lines[line - 1]?.length ?? 0));
}
