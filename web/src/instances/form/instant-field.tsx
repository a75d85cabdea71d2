// A date with a time of day, in the zone of the schedule.
import { TextInput } from '@mantine/core';
import { useProblemAt } from '../use-problem-at.ts';
import { instantOf, localTime } from '../zone-time.ts';

interface Field {
  readonly label: string;
  readonly about: string;
  readonly path: string;
  readonly zone: string;
  readonly value: string | undefined;
  readonly onChange: (value: string | undefined) => void;
}

/** An instant as local time of a zone. */
export function InstantField({ label, about, path, zone, value, onChange }: Field) {
  const problemAt = useProblemAt();
  return (
    <TextInput
      type="datetime-local"
      label={`${label} (${zone})`}
      description={about}
      value={localTime(value, zone)}
      error={problemAt(path)}
      onChange={({ currentTarget }) => onChange(instantOf(currentTarget.value, zone))}
    />
  );
}
