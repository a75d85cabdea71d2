// Sensors are registered by a file, pasted or chosen: the same that the command line takes.
import { Button, FileButton, Group, Modal, SegmentedControl, Stack, Text, Textarea } from '@mantine/core';
import { useState } from 'react';
import type { AnswerOf } from '../../../src/api/contract/answers.ts';
import { useAct } from '../api/use-act.ts';
import { FileProblems } from '../shown/file-problems.tsx';

type Form = 'text' | 'csv';

const TYPES = { text: 'application/yaml', csv: 'text/csv' } as const;
const EXAMPLE = `types:
  - id: thermometer
    fields: [{ name: celsius, type: number, unit: °C, range: [-40, 85] }]
sensors:
  - { id: room-1, name: Room 1, type: thermometer, location: house/ground }
`;

/** A file with types and sensors; a file with any fault changes nothing. */
export function RegisterDialog({ opened, close }: { readonly opened: boolean; readonly close: () => void }) {
  const [form, setForm] = useState<Form>('text');
  const [text, setText] = useState('');
  const apply = useAct('applySensors', { showsError: true, done: wordsOf, after: close });
  const choose = async (file: File | null) => {
    if (!file) return;
    setForm(file.name.toLowerCase().endsWith('.csv') ? 'csv' : 'text');
    setText(await file.text());
  };
  return (
    <Modal opened={opened} onClose={close} title="Register sensors" size="xl">
      <Stack>
        <Group justify="space-between">
          <SegmentedControl
            aria-label="Form of the file"
            data={[
              { value: 'text', label: 'YAML or JSON' },
              { value: 'csv', label: 'CSV (sensors alone)' },
            ]}
            value={form}
            onChange={(value) => setForm(value as Form)}
          />
          <FileButton onChange={(file) => void choose(file)} accept=".yaml,.yml,.json,.csv">
            {(props) => (
              <Button variant="default" {...props}>
                Choose a file
              </Button>
            )}
          </FileButton>
        </Group>
        <Textarea
          label="The file"
          autosize
          minRows={10}
          maxRows={24}
          placeholder={EXAMPLE}
          ff="monospace"
          value={text}
          onChange={({ currentTarget }) => setText(currentTarget.value)}
        />
        {apply.error && <FileProblems error={apply.error} />}
        <Group justify="space-between">
          <Text size="sm" c="dimmed">
            What is there already is changed to what the file says; nothing is removed.
          </Text>
          <Button
            disabled={text.trim() === ''}
            loading={apply.isPending}
            onClick={() => apply.mutate({ query: { form }, file: { type: TYPES[form], contents: text } })}
          >
            Register
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

function wordsOf({ types, sensors }: AnswerOf<'applySensors'>): string {
  const changed = [...types, ...sensors].filter(({ outcome }) => outcome !== 'unchanged').length;
  return `${types.length} types and ${sensors.length} sensors: ${changed} new or changed.`;
}
