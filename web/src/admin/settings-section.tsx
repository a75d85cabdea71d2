// Every setting with what it is for.
import { Badge, Code, Group, Text, TextInput } from '@mantine/core';
import { Search } from 'lucide-react';
import { useState } from 'react';
import type { AnswerOf } from '../../../src/api/contract/answers.ts';
import { useAnswer } from '../api/use-answer.ts';
import { DataTable } from '../shown/data-table.tsx';
import { Section } from '../shown/section.tsx';

type Setting = AnswerOf<'listSettings'>['items'][number];

/** Settings as they count for the platform that runs. */
export function SettingsSection() {
  const settings = useAnswer('listSettings', {}, { everyMs: false });
  const [text, setText] = useState('');
  const sought = text.trim().toLowerCase();
  const rows = settings.data?.items.filter(({ variable, sentence }) =>
    `${variable} ${sentence}`.toLowerCase().includes(sought),
  );
  return (
    <Section
      title="Settings"
      about="Given by environment variables when the platform starts; a change counts from the next start. Passwords are left out."
      actions={
        <TextInput
          aria-label="Search settings"
          placeholder="Search"
          leftSection={<Search size={15} aria-hidden />}
          value={text}
          onChange={({ currentTarget }) => setText(currentTarget.value)}
        />
      }
    >
      <DataTable
        caption="Settings"
        rows={rows}
        error={settings.error}
        rowKey={({ name }) => name}
        empty="No setting is like that."
        columns={[
          { label: 'Variable', sort: ({ variable }) => variable, render: (setting) => <Named setting={setting} /> },
          { label: 'What it is for', render: ({ sentence }) => sentence },
          { label: 'Value', render: ({ value }) => <Value text={String(value)} /> },
          { label: 'Without it', render: (setting) => <Value text={setting.default} /> },
        ]}
      />
    </Section>
  );
}

function Named({ setting: { variable, isDefault } }: { readonly setting: Setting }) {
  return (
    <Group gap={6}>
      <Code>{variable}</Code>
      {!isDefault && (
        <Badge size="xs" variant="light">
          set
        </Badge>
      )}
    </Group>
  );
}

function Value({ text }: { readonly text: string }) {
  return text === '' ? (
    <Text span inherit c="dimmed">
      empty
    </Text>
  ) : (
    <Code>{text}</Code>
  );
}
