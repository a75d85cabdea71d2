// What begins jobs: one kind of time, or the end of another job.
import { CloseButton, Group, Paper, Select, SimpleGrid, TextInput } from '@mantine/core';
import { useState } from 'react';
import { usePages } from '../../api/use-pages.ts';
import type { TriggerDraft } from '../instance-draft.ts';
import { useProblemAt } from '../use-problem-at.ts';
import { DailyFields } from './daily-fields.tsx';
import { dailyOf } from './daily-times.ts';
import { InstantField } from './instant-field.tsx';
import { RhythmFields } from './rhythm-fields.tsx';

const KINDS = [
  { value: 'now', label: 'Once, at once' },
  { value: 'once', label: 'Once, at a time' },
  { value: 'interval', label: 'Again and again, every so often' },
  { value: 'daily', label: 'On days of the week, at a time of day' },
  { value: 'cron', label: 'By a cron expression' },
  { value: 'continuous', label: 'All the time' },
  { value: 'after', label: 'After a job of another instance' },
] as const;

const FIRST: Readonly<Record<string, TriggerDraft>> = {
  interval: { kind: 'interval', every: '1h' },
  daily: { kind: 'cron', expression: '0 8 * * 1-5' },
  cron: { kind: 'cron', expression: '0 * * * *' },
  after: { kind: 'after', on: 'success' },
};

interface Fields {
  readonly trigger: TriggerDraft;
  readonly zone: string;
  /** Its place in the file. */
  readonly path: string;
  /** The name of the instance itself, which cannot wait for itself. */
  readonly own: string | undefined;
  readonly isAlone: boolean;
  readonly onChange: (trigger: TriggerDraft) => void;
  readonly onRemove: () => void;
}

/** The kind with what belongs to it. */
export function TriggerFields({ trigger, isAlone, onChange, onRemove, ...of }: Fields) {
  const [isDaily, setDaily] = useState(trigger.kind === 'cron' && dailyOf(trigger.expression) !== null);
  const shown = trigger.kind === 'cron' && isDaily ? 'daily' : trigger.kind;
  const problemAt = useProblemAt();
  const choose = (kind: string | null) => {
    if (kind === null) return;
    setDaily(kind === 'daily');
    onChange(FIRST[kind] ?? { kind });
  };
  // Only one that stands alone may be at once or all the time.
  const kinds = isAlone ? [...KINDS] : KINDS.filter(({ value }) => value !== 'now' && value !== 'continuous');
  return (
    <Paper withBorder p="sm">
      <Group wrap="nowrap" align="flex-start" mb={shown === '' ? 0 : 'xs'}>
        <Select
          flex={1}
          label="It runs"
          placeholder="choose when"
          allowDeselect={false}
          data={kinds}
          value={shown === '' ? null : shown}
          error={problemAt(`${of.path}.kind`)}
          onChange={choose}
        />
        {!isAlone && <CloseButton onClick={onRemove} aria-label="Remove these times" />}
      </Group>
      <Of {...of} shown={shown} trigger={trigger} onChange={onChange} />
    </Paper>
  );
}

type OfKind = Omit<Fields, 'isAlone' | 'onRemove'> & { readonly shown: string };

function Of({ shown, trigger, zone, path, own, onChange }: OfKind) {
  const problemAt = useProblemAt();
  switch (shown) {
    case 'once':
      return (
        <InstantField
          label="At"
          about="In the zone of the schedule."
          path={`${path}.at`}
          zone={zone}
          value={trigger.at}
          onChange={(at) => onChange({ ...trigger, at })}
        />
      );
    case 'interval':
      return (
        <RhythmFields every={trigger.every ?? ''} path={path} onChange={(every) => onChange({ ...trigger, every })} />
      );
    case 'daily':
      return (
        <DailyFields
          expression={trigger.expression}
          zone={zone}
          onChange={(expression) => onChange({ ...trigger, expression })}
        />
      );
    case 'cron':
      return (
        <TextInput
          label="Cron expression"
          description="Minute, hour, day, month, weekday; six fields begin with seconds. For example: 30 6 * * MON-FRI"
          styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
          value={trigger.expression ?? ''}
          error={problemAt(`${path}.expression`)}
          onChange={({ currentTarget }) => onChange({ ...trigger, expression: currentTarget.value })}
        />
      );
    case 'after':
      return <AfterFields {...{ trigger, path, own, onChange }} />;
    default:
      return null;
  }
}

type After = Pick<Fields, 'trigger' | 'path' | 'own' | 'onChange'>;

const ENDS = [
  { value: 'success', label: 'when it succeeded' },
  { value: 'failure', label: 'when it failed' },
  { value: 'any', label: 'however it ended' },
];

function AfterFields({ trigger, path, own, onChange }: After) {
  const problemAt = useProblemAt();
  const { rows } = usePages('listInstances', { query: { limit: 1000 } }, { everyMs: false });
  const names = (rows ?? []).map(({ name }) => name).filter((name) => name !== own);
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
      <Select
        label="Instance"
        searchable
        data={names}
        value={trigger.instance ?? null}
        error={problemAt(`${path}.instance`)}
        onChange={(instance) => onChange({ ...trigger, instance: instance ?? undefined })}
      />
      <Select
        label="Which ends count"
        allowDeselect={false}
        data={ENDS}
        value={trigger.on ?? 'success'}
        error={problemAt(`${path}.on`)}
        onChange={(on) => onChange({ ...trigger, on: on ?? undefined })}
      />
    </SimpleGrid>
  );
}
