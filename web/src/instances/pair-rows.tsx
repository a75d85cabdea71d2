// Names with values, as rows that can be changed, added and taken away.
import { ActionIcon, Button, Fieldset, Group, Input, Stack, Text, TextInput } from '@mantine/core';
import { Plus, X } from 'lucide-react';
import { useState } from 'react';

interface Rows {
  readonly label: string;
  readonly about?: string;
  /** What names are called here. */
  readonly keyLabel: string;
  readonly pairs: Readonly<Record<string, string>>;
  readonly onChange: (pairs: Readonly<Record<string, string>>) => void;
  readonly empty: string;
  /** What is wrong with the value of a name. */
  readonly errorOf?: (key: string) => string | undefined;
}

interface Row {
  readonly id: number;
  readonly key: string;
  readonly value: string;
}

/** Pairs in the order in which they were added. Rows without a name do not count. */
export function PairRows({ label, about, keyLabel, pairs, onChange, empty, errorOf }: Rows) {
  const [rows, setRows] = useState<readonly Row[]>(() =>
    Object.entries(pairs).map(([key, value], id) => ({ id, key, value })),
  );
  const tell = (next: readonly Row[]) => {
    setRows(next);
    onChange(Object.fromEntries(next.filter(({ key }) => key !== '').map(({ key, value }) => [key, value])));
  };
  const change = (id: number, part: Partial<Row>) =>
    tell(rows.map((row) => (row.id === id ? { ...row, ...part } : row)));
  const add = () => setRows([...rows, { id: Math.max(-1, ...rows.map(({ id }) => id)) + 1, key: '', value: '' }]);
  return (
    <Fieldset legend={<Input.Label component="span">{label}</Input.Label>} variant="unstyled">
      <Stack gap={6}>
        {about !== undefined && (
          <Text size="xs" c="dimmed">
            {about}
          </Text>
        )}
        {rows.length === 0 && (
          <Text size="sm" c="dimmed">
            {empty}
          </Text>
        )}
        {rows.map((row) => (
          <PairRow
            key={row.id}
            {...{ row, keyLabel, label }}
            error={errorOf?.(row.key)}
            onChange={(part) => change(row.id, part)}
            onRemove={() => tell(rows.filter(({ id }) => id !== row.id))}
          />
        ))}
        <Group>
          <Button size="compact-xs" variant="default" leftSection={<Plus size={13} aria-hidden />} onClick={add}>
            Add
          </Button>
        </Group>
      </Stack>
    </Fieldset>
  );
}

interface OneRow {
  readonly row: Row;
  readonly label: string;
  readonly keyLabel: string;
  readonly error: string | undefined;
  readonly onChange: (part: Partial<Row>) => void;
  readonly onRemove: () => void;
}

function PairRow({ row: { key, value }, label, keyLabel, error, onChange, onRemove }: OneRow) {
  return (
    <Group gap={6} wrap="nowrap" align="flex-start">
      <TextInput
        size="xs"
        flex={1}
        aria-label={`${keyLabel} (${label})`}
        placeholder={keyLabel}
        styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
        value={key}
        onChange={({ currentTarget }) => onChange({ key: currentTarget.value.trim() })}
      />
      <TextInput
        size="xs"
        flex={2}
        aria-label={key === '' ? 'Value' : `Value of ${key}`}
        placeholder="Value"
        value={value}
        error={error}
        onChange={({ currentTarget }) => onChange({ value: currentTarget.value })}
      />
      <ActionIcon variant="default" size={30} onClick={onRemove} aria-label={key === '' ? 'Remove' : `Remove ${key}`}>
        <X size={14} aria-hidden />
      </ActionIcon>
    </Group>
  );
}
