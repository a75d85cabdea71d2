// Why a file was not taken: the platform's words, and each problem in its place.
import { Alert, Text } from '@mantine/core';
import { FileWarning } from 'lucide-react';
import { AnsweredError } from '../api/answered-error.ts';
import { ErrorPanel } from './error-panel.tsx';
import { ProblemList } from './problem-list.tsx';

interface Refused {
  readonly error: Error;
  readonly onLine?: (line: number) => void;
}

/** An error about a file; whatever else it is about is shown as any error is. */
export function FileProblems({ error, onLine }: Refused) {
  if (!(error instanceof AnsweredError) || error.problems.length === 0) return <ErrorPanel error={error} />;
  return (
    <Alert color="red" icon={<FileWarning size={18} aria-hidden />} title={error.message} role="alert">
      <Text size="sm" mb="xs">
        {error.remedy}
      </Text>
      <ProblemList problems={error.problems} {...(onLine ? { onLine } : {})} />
    </Alert>
  );
}
