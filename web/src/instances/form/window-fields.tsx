// Times of day in which an instance may run.
import { Button, CloseButton, Fieldset, Group, Input, MultiSelect, Stack, Text, TextInput } from '@mantine/core';
import { Plus } from 'lucide-react';
import type { WindowDraft } from '../instance-draft.ts';
import { useProblemAt } from '../use-problem-at.ts';

const DAYS = [
  { value: 'mon', label: 'Mon' },
  { value: 'tue', label: 'Tue' },
  { value: 'wed', label: 'Wed' },
  { value: 'thu', label: 'Thu' },
  { value: 'fri', label: 'Fri' },
  { value: 'sat', label: 'Sat' },
  { value: 'sun', label: 'Sun' },
];
const ALL = DAYS.map(({ value }) => value);
const WORDS: Readonly<Record<string, readonly string[]>> = {
  weekdays: ALL.slice(0, 5),
  weekend: ALL.slice(5),
  daily: ALL,
};
const FIRST: WindowDraft = { days: 'weekdays', from: '08:00', to: '18:00' };

interface Fields {
  readonly windows: readonly WindowDraft[];
  readonly zone: string;
  readonly onChange: (windows: readonly WindowDraft[]) => void;
}

/** Windows, each with its days; without any it may run at any time. */
export function WindowFields({ windows, zone, onChange }: Fields) {
  const change = (index: number, part: Partial<WindowDraft>) =>
    onChange(windows.map((each, at) => (at === index ? { ...each, ...part } : each)));
  const inPlaces = windows.map((each, index) => ({ each, index, path: `$.schedule.windows[${index}]` }));
  return (
    <Fieldset legend={<Input.Label component="span">Only between these times ({zone})</Input.Label>} variant="unstyled">
      <Stack gap={6}>
        {windows.length === 0 && (
          <Text size="sm" c="dimmed">
            At any time of day.
          </Text>
        )}
        {inPlaces.map(({ each, index, path }) => (
          <WindowRow
            key={path}
            window={each}
            path={path}
            onChange={(part) => change(index, part)}
            onRemove={() => onChange(windows.filter((_, at) => at !== index))}
          />
        ))}
        <Group>
          <Button
            size="compact-xs"
            variant="default"
            leftSection={<Plus size={13} aria-hidden />}
            onClick={() => onChange([...windows, FIRST])}
          >
            Add times
          </Button>
        </Group>
      </Stack>
    </Fieldset>
  );
}

interface Row {
  readonly window: WindowDraft;
  readonly path: string;
  readonly onChange: (part: Partial<WindowDraft>) => void;
  readonly onRemove: () => void;
}

function WindowRow({ window: { days, from, to }, path, onChange, onRemove }: Row) {
  const problemAt = useProblemAt();
  const chosen = typeof days === 'string' ? (WORDS[days] ?? []) : days;
  return (
    <Group gap="sm" align="flex-end">
      <MultiSelect
        flex={1}
        miw={200}
        label="Days"
        data={DAYS}
        value={[...chosen]}
        error={problemAt(`${path}.days`)}
        onChange={(next) => onChange({ days: ALL.filter((day) => next.includes(day)) })}
      />
      <TextInput
        type="time"
        label="From"
        value={from}
        error={problemAt(`${path}.from`)}
        onChange={({ currentTarget }) => onChange({ from: currentTarget.value })}
      />
      <TextInput
        type="time"
        label="To"
        value={to}
        error={problemAt(`${path}.to`)}
        onChange={({ currentTarget }) => onChange({ to: currentTarget.value })}
      />
      <CloseButton onClick={onRemove} aria-label="Remove these times" />
    </Group>
  );
}
