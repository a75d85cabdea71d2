// The platform's own logs, searched.
import { Code, Group, Select, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import type { AnswerOf } from '../../../src/api/contract/answers.ts';
import { useAnswer } from '../api/use-answer.ts';
import { DataTable } from '../shown/data-table.tsx';
import { Section } from '../shown/section.tsx';
import { StateBadge } from '../shown/state-badge.tsx';
import { When } from '../shown/when.tsx';

type Line = AnswerOf<'searchPlatformLogs'>['items'][number];

const LEVELS = [
  { value: 'info', label: 'Everything' },
  { value: 'warn', label: 'Warnings and errors' },
  { value: 'error', label: 'Errors' },
];
const SPANS = [
  { value: '1h', label: 'The last hour' },
  { value: '1d', label: 'The last day' },
  { value: '7d', label: 'The last week' },
];
const PAUSE_MS = 300;
const EVERY_MS = 15_000;

/** Lines that the platform logged, newest first. */
export function LogSection() {
  const [text, setText] = useState('');
  const [level, setLevel] = useState('warn');
  const [since, setSince] = useState('1h');
  const [sought] = useDebouncedValue(text, PAUSE_MS);
  const found = useAnswer('searchPlatformLogs', { query: { text: sought, level, since } }, { everyMs: EVERY_MS });
  return (
    <Section title="Logs of the platform" about="What its own processes logged, newest first.">
      <Group align="end">
        <TextInput label="Contains" value={text} onChange={({ currentTarget }) => setText(currentTarget.value)} />
        <Select label="Show" data={LEVELS} value={level} onChange={(value) => setLevel(value ?? 'warn')} />
        <Select label="From" data={SPANS} value={since} onChange={(value) => setSince(value ?? '1h')} />
      </Group>
      <DataTable<Line>
        caption="Log lines of the platform"
        rows={found.data?.items}
        error={found.error}
        rowKey={(line) => `${line.component} ${line.at} ${line.message} ${JSON.stringify(line.fields)}`}
        empty="Nothing was logged that fits."
        columns={[
          { label: 'At', render: ({ at }) => <When at={at} /> },
          { label: 'Process', render: ({ component }) => component },
          { label: 'Level', render: ({ level: word }) => <StateBadge state={word} /> },
          { label: 'Line', render: (line) => <Said line={line} /> },
        ]}
      />
      {found.data?.isWhole === false && (
        <Text size="sm" c="dimmed">
          There is more: look at less time, or for a text.
        </Text>
      )}
    </Section>
  );
}

function Said({ line: { message, fields } }: { readonly line: Line }) {
  return (
    <>
      <Text size="sm">{message}</Text>
      {Object.keys(fields).length > 0 && (
        <Code style={{ overflowWrap: 'anywhere', whiteSpace: 'pre-wrap' }}>{JSON.stringify(fields)}</Code>
      )}
    </>
  );
}
