// What the platform says of an instance file: when it would run, what gets in its way, or what is wrong with it.
import { Alert, Group, List, Loader, Paper, Stack, Text, Title } from '@mantine/core';
import { CircleAlert, CircleCheck } from 'lucide-react';
import type { AnsweredProblem } from '../api/answered-error.ts';
import { ErrorPanel } from '../shown/error-panel.tsx';
import { ProblemList } from '../shown/problem-list.tsx';
import { spoken } from '../shown/spoken.ts';
import { OccurrenceList } from './occurrence-list.tsx';
import { timeIn } from './time-in.ts';
import { type FileCheck, useClashes } from './use-file-check.ts';

interface Shown {
  readonly check: FileCheck;
  /** Those that are told. */
  readonly problems: readonly AnsweredProblem[];
  /** How many fields were not filled in yet. */
  readonly unfilled: number;
  readonly onLine?: (line: number) => void;
}

/** The last check, brought up to date while the file is written. */
export function CheckPanel({ check, problems, unfilled, onLine }: Shown) {
  const { preview, failure, isChecking } = check;
  return (
    <Paper withBorder p="md" component="section" aria-label="What the platform says of it">
      <Group justify="space-between" mb="xs">
        <Title order={2} size="h4">
          Check
        </Title>
        {isChecking && <Loader size="xs" role="progressbar" aria-label="Checking" />}
      </Group>
      {failure && <ErrorPanel error={failure} />}
      {problems.length > 0 && (
        <Alert
          color="red"
          variant="light"
          icon={<CircleAlert size={18} aria-hidden />}
          mb="sm"
          title="It does not fit yet"
        >
          <ProblemList problems={problems} {...(onLine ? { onLine } : {})} />
        </Alert>
      )}
      {unfilled > 0 && (
        <Text size="sm" c="dimmed">
          {unfilled === 1 ? 'One thing is' : `${unfilled} things are`} still to be said before it can run.
        </Text>
      )}
      {preview && <Coming preview={preview} />}
    </Paper>
  );
}

function Coming({ preview }: { readonly preview: NonNullable<FileCheck['preview']> }) {
  const { words, zone, occurrences } = preview;
  const clashes = useClashes(preview);
  return (
    <Stack gap="sm">
      <Group gap="xs" wrap="nowrap" align="flex-start">
        <CircleCheck size={18} style={{ flex: 'none' }} aria-hidden />
        <Text size="sm" fw={600}>
          {spoken(words, zone)}
        </Text>
      </Group>
      <OccurrenceList occurrences={occurrences} zone={zone} />
      {clashes.length > 0 && (
        <Alert color="yellow" variant="light" title="Others begin in the same second">
          <List size="sm">
            {clashes.map(({ instance, first, count }) => (
              <List.Item key={instance}>
                {instance}: {timeIn(first, zone)}
                {count > 1 && `, and ${count - 1} more of these`}
              </List.Item>
            ))}
          </List>
          <Text size="sm" mt="xs">
            They run beside each other where there is room. A spread in the schedule keeps them apart.
          </Text>
        </Alert>
      )}
    </Stack>
  );
}
