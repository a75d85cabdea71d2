// How often a copy that fails is started again, and what each copy reserves.
import { NumberInput, SimpleGrid, Stack, Text, TextInput } from '@mantine/core';
import type { ChangeDraft, InstanceDraft } from '../instance-draft.ts';
import { useProblemAt } from '../use-problem-at.ts';

const RETRIES = [
  { name: 'runsPerTask', label: 'Starts within a container', ordinary: '5', isNumber: true },
  { name: 'tasks', label: 'Containers before the job fails', ordinary: '3', isNumber: true },
  { name: 'backoff', label: 'First wait between containers', ordinary: '1s', isNumber: false },
  { name: 'maxBackoff', label: 'Longest wait', ordinary: '1m', isNumber: false },
  { name: 'stableAfter', label: 'Failures are forgiven after', ordinary: '1m', isNumber: false },
] as const;
const RESOURCES = [
  { name: 'cpus', label: 'CPUs' },
  { name: 'memoryMiB', label: 'Memory (MiB)' },
  { name: 'diskMiB', label: 'Disk (MiB)' },
  { name: 'pids', label: 'Processes' },
] as const;

interface Fields {
  readonly draft: InstanceDraft;
  readonly onChange: ChangeDraft;
}

/** Retries and resources; what stays empty is as the package and the platform say. */
export function RestartFields({ draft, onChange }: Fields) {
  const { restart = {}, resources = {} } = draft;
  const problemAt = useProblemAt();
  return (
    <Stack gap="sm">
      <Text size="sm" fw={600}>
        When a copy fails
      </Text>
      <SimpleGrid cols={{ base: 1, xs: 2, sm: 3 }} spacing="sm">
        {RETRIES.map(({ name, label, ordinary, isNumber }) => (
          <TextInput
            key={name}
            label={label}
            placeholder={ordinary}
            inputMode={isNumber ? 'numeric' : 'text'}
            value={String(restart[name] ?? '')}
            error={problemAt(`$.restart.${name}`)}
            onChange={({ currentTarget: { value } }) =>
              onChange({ restart: { ...restart, [name]: isNumber && /^\d+$/.test(value) ? Number(value) : value } })
            }
          />
        ))}
      </SimpleGrid>
      <Text size="sm" fw={600}>
        What each copy reserves
      </Text>
      <SimpleGrid cols={{ base: 2, sm: 4 }} spacing="sm">
        {RESOURCES.map(({ name, label }) => (
          <NumberInput
            key={name}
            label={label}
            placeholder="as the package says"
            min={0}
            value={resources[name] ?? ''}
            error={problemAt(`$.resources.${name}`)}
            onChange={(value) => {
              const { [name]: _, ...others } = resources;
              onChange({ resources: typeof value === 'number' ? { ...others, [name]: value } : others });
            }}
          />
        ))}
      </SimpleGrid>
    </Stack>
  );
}
