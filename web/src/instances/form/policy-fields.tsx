// How an instance is treated: what was missed, what overlaps, what fails, what goes first.
import { Button, Collapse, Group, NumberInput, Select, SimpleGrid, Stack, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Section } from '../../shown/section.tsx';
import type { ChangeDraft, InstanceDraft, PolicyDraft } from '../instance-draft.ts';
import { useProblemAt } from '../use-problem-at.ts';
import { RestartFields } from './restart-fields.tsx';

const MISSED = [
  { value: 'run-latest', label: 'run the latest of them' },
  { value: 'skip', label: 'run none of them' },
  { value: 'run-all', label: 'run all of them' },
];
const OVERLAP = [
  { value: 'skip', label: 'make no job' },
  { value: 'queue', label: 'wait until it is over' },
  { value: 'allow', label: 'run beside it' },
  { value: 'replace', label: 'stop it, and run' },
];

interface Fields {
  readonly draft: InstanceDraft;
  readonly onChange: ChangeDraft;
}

/** Policies, with the ordinary ones chosen. */
export function PolicyFields({ draft, onChange }: Fields) {
  const { missed, overlap, priority = 0, lead, grace } = draft;
  const problemAt = useProblemAt();
  const [opened, { toggle }] = useDisclosure(draft.restart !== undefined || draft.resources !== undefined);
  return (
    <Section title="How it is treated">
      <Stack gap="sm">
        <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
          <Policy
            label="When runs were missed"
            field="missed"
            options={MISSED}
            ordinary="run-latest"
            value={missed}
            onChange={(value) => onChange({ missed: value })}
          />
          <Policy
            label="When the job before still runs"
            field="overlap"
            options={OVERLAP}
            ordinary="skip"
            value={overlap}
            onChange={(value) => onChange({ overlap: value })}
          />
          <NumberInput
            label="Priority"
            description="From -10 to 10: more goes first where room is short."
            min={-10}
            max={10}
            allowDecimal={false}
            value={priority}
            error={problemAt('$.priority')}
            onChange={(value) => onChange({ priority: typeof value === 'number' ? value : undefined })}
          />
          <TextInput
            label="Prepared ahead by"
            description="Containers start so long before a job begins."
            placeholder="15s; 0s on machines of its own"
            value={lead ?? ''}
            error={problemAt('$.lead')}
            onChange={({ currentTarget }) => onChange({ lead: currentTarget.value })}
          />
          <TextInput
            label="Time to end"
            description="Between the notice to stop and the kill."
            placeholder="10s"
            value={grace ?? ''}
            error={problemAt('$.grace')}
            onChange={({ currentTarget }) => onChange({ grace: currentTarget.value })}
          />
        </SimpleGrid>
        <Group>
          <Button size="compact-sm" variant="subtle" onClick={toggle} aria-expanded={opened}>
            {opened ? 'Less' : 'Retries and resources …'}
          </Button>
        </Group>
        <Collapse expanded={opened}>
          <RestartFields {...{ draft, onChange }} />
        </Collapse>
      </Stack>
    </Section>
  );
}

interface OnePolicy {
  readonly label: string;
  readonly field: 'missed' | 'overlap';
  readonly options: readonly { readonly value: string; readonly label: string }[];
  readonly ordinary: string;
  readonly value: PolicyDraft | undefined;
  readonly onChange: (value: PolicyDraft | undefined) => void;
}

function Policy({ label, field, options, ordinary, value, onChange }: OnePolicy) {
  const problemAt = useProblemAt();
  const policy = typeof value === 'object' ? value : { policy: value ?? ordinary };
  const isBounded = policy.policy === 'run-all' || policy.policy === 'queue';
  return (
    <Stack gap={6}>
      <Select
        label={label}
        allowDeselect={false}
        data={[...options]}
        value={policy.policy}
        error={problemAt(`$.${field}`)}
        onChange={(next) => onChange(next === ordinary ? undefined : (next ?? undefined))}
      />
      {isBounded && (
        <Group gap="xs" grow>
          <NumberInput
            size="xs"
            label="At most"
            min={1}
            allowDecimal={false}
            value={policy.max ?? 10}
            onChange={(max) => onChange({ ...policy, max: typeof max === 'number' ? max : undefined })}
          />
          {policy.policy === 'run-all' && (
            <TextInput
              size="xs"
              label="None older than"
              placeholder="1d"
              value={policy.maxAge ?? ''}
              onChange={({ currentTarget }) => onChange({ ...policy, maxAge: currentTarget.value })}
            />
          )}
        </Group>
      )}
    </Stack>
  );
}
