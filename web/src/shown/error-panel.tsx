// What went wrong, in the platform's words, with what to do.
import { Alert, Code, List, Text } from '@mantine/core';
import { TriangleAlert } from 'lucide-react';
import { AnsweredError } from '../api/answered-error.ts';

function placeOf(file: string, line: number | undefined, path: string): string {
  const where = line === undefined ? file : `${file}:${line}`;
  return [where, path].filter((part) => part !== '').join(' ');
}

/** An error in place of what was asked for. */
export function ErrorPanel({ error }: { readonly error: Error }) {
  const answered = error instanceof AnsweredError ? error : null;
  return (
    <Alert color="red" icon={<TriangleAlert size={18} aria-hidden />} title={error.message} role="alert">
      {answered && <Text size="sm">{answered.remedy}</Text>}
      {answered && answered.problems.length > 0 && (
        <List size="sm" mt="xs">
          {answered.problems.map(({ file, path, found, expected, line }) => (
            <List.Item key={`${file}${path}${found}`}>
              <Code>{placeOf(file, line, path)}</Code> {found}; expected: {expected}
            </List.Item>
          ))}
        </List>
      )}
      {answered && (
        <Text size="xs" c="dimmed" mt="xs">
          {answered.code}
        </Text>
      )}
    </Alert>
  );
}
