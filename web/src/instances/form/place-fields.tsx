// Where an instance runs: how many copies, on which machines.
import { NumberInput, SegmentedControl, SimpleGrid, Stack, Text, TextInput } from '@mantine/core';
import { Section } from '../../shown/section.tsx';
import type { ChangeDraft, InstanceDraft } from '../instance-draft.ts';
import { PairRows } from '../pair-rows.tsx';
import { useProblemAt } from '../use-problem-at.ts';

const USES = [
  { value: 'shared', label: 'Shared machines' },
  { value: 'standalone', label: 'A machine of its own' },
];

interface Fields {
  readonly draft: InstanceDraft;
  readonly onChange: ChangeDraft;
}

/** Copies, machines, labels, location. */
export function PlaceFields({ draft: { copies = 1, machine = 'shared', place }, onChange }: Fields) {
  const problemAt = useProblemAt();
  return (
    <Section title="Where">
      <Stack gap="sm">
        <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
          <NumberInput
            label="Copies"
            description="Each job has so many containers."
            min={1}
            max={1000}
            allowDecimal={false}
            value={copies}
            error={problemAt('$.copies')}
            onChange={(value) => onChange({ copies: typeof value === 'number' ? value : undefined })}
          />
          <TextInput
            label="Location"
            description="Only nodes there, or deeper, such as campus/building-a."
            placeholder="anywhere"
            value={place?.location ?? ''}
            error={problemAt('$.place.location')}
            onChange={({ currentTarget }) => onChange({ place: { ...place, location: currentTarget.value } })}
          />
        </SimpleGrid>
        <div>
          <SegmentedControl
            data={USES}
            value={machine}
            onChange={(value) => onChange({ machine: value })}
            aria-label="Machines"
          />
          <Text size="xs" c="dimmed" mt={4}>
            {machine === 'standalone'
              ? 'Each copy has a machine to itself; nothing else runs there meanwhile.'
              : 'Other jobs may run on the same machine.'}
          </Text>
        </div>
        <PairRows
          label="Labels that a node must carry"
          keyLabel="Label"
          pairs={place?.labels ?? {}}
          empty="Any node will do."
          onChange={(labels) => onChange({ place: { ...place, labels } })}
        />
      </Stack>
    </Section>
  );
}
