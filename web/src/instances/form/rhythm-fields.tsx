// How often something comes: by the clock, or by the calendar of the zone.
import { Group, NumberInput, Select, TextInput } from '@mantine/core';
import { useProblemAt } from '../use-problem-at.ts';
import { rhythmOf, type Unit, writtenRhythm } from './rhythm.ts';

const UNITS: readonly { readonly value: Unit; readonly label: string }[] = [
  { value: 's', label: 'seconds' },
  { value: 'm', label: 'minutes' },
  { value: 'h', label: 'hours' },
  { value: 'D', label: 'days, by the calendar' },
  { value: 'W', label: 'weeks, by the calendar' },
  { value: 'M', label: 'months, by the calendar' },
  { value: 'Y', label: 'years, by the calendar' },
];

interface Fields {
  readonly every: string;
  readonly path: string;
  readonly onChange: (every: string) => void;
}

/** A number with its unit; as text where the file says something else. */
export function RhythmFields({ every, path, onChange }: Fields) {
  const problemAt = useProblemAt();
  const rhythm = rhythmOf(every);
  const error = problemAt(`${path}.every`);
  if (rhythm === null)
    return (
      <TextInput
        label="Every"
        description="Such as 1h30m by the clock, or P1M by the calendar."
        value={every}
        error={error}
        onChange={({ currentTarget }) => onChange(currentTarget.value)}
      />
    );
  return (
    <Group gap="sm" align="flex-end">
      <NumberInput
        label="Every"
        w={110}
        min={1}
        allowDecimal={false}
        value={rhythm.count}
        error={error}
        onChange={(count) => onChange(writtenRhythm({ ...rhythm, count: Number(count) || 1 }))}
      />
      <Select
        aria-label="Unit"
        allowDeselect={false}
        data={[...UNITS]}
        value={rhythm.unit}
        onChange={(unit) => unit && onChange(writtenRhythm({ ...rhythm, unit: unit as Unit }))}
      />
    </Group>
  );
}
