// Days of the week and a time of day.
import { Chip, Group, Input, Stack, TextInput } from '@mantine/core';
import { dailyOf, expressionOf } from './daily-times.ts';

const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const;
const FIRST = { days: [1, 2, 3, 4, 5], time: '08:00' };

interface Fields {
  readonly expression: string | undefined;
  readonly zone: string;
  readonly onChange: (expression: string) => void;
}

/** Chosen days with a time. */
export function DailyFields({ expression, zone, onChange }: Fields) {
  const daily = dailyOf(expression) ?? FIRST;
  return (
    <Group align="flex-end" gap="md">
      <Stack gap={4} role="group" aria-label="Days">
        <Input.Label component="div">Days</Input.Label>
        <Chip.Group
          multiple
          value={daily.days.map(String)}
          onChange={(days) => days.length > 0 && onChange(expressionOf({ ...daily, days: days.map(Number) }))}
        >
          <Group gap={4}>
            {DAYS.map((day, index) => (
              <Chip key={day} value={String(index + 1)} size="xs">
                {day}
              </Chip>
            ))}
          </Group>
        </Chip.Group>
      </Stack>
      <TextInput
        type="time"
        label={`At (${zone})`}
        value={daily.time}
        onChange={({ currentTarget }) =>
          currentTarget.value && onChange(expressionOf({ ...daily, time: currentTarget.value }))
        }
      />
    </Group>
  );
}
