// What an application can do: its algorithms, with what each needs.
import { Anchor, Card, Code, SimpleGrid, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { AnswerOf } from '../../../src/api/contract/answers.ts';
import { Section } from '../shown/section.tsx';

type Algorithm = AnswerOf<'showApplication'>['packages'][number]['algorithms'][number];

interface Shown {
  readonly application: string;
  readonly algorithms: readonly Algorithm[];
  readonly mayConfigure: boolean;
}

/** The algorithms of the current package. */
export function AlgorithmCards({ application, algorithms, mayConfigure }: Shown) {
  return (
    <Section title="Algorithms" about="What can be configured to run.">
      <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }} spacing="sm">
        {algorithms.map((algorithm) => (
          <AlgorithmCard key={algorithm.id} {...{ application, algorithm, mayConfigure }} />
        ))}
      </SimpleGrid>
    </Section>
  );
}

interface One {
  readonly application: string;
  readonly algorithm: Algorithm;
  readonly mayConfigure: boolean;
}

function AlgorithmCard({ application, algorithm, mayConfigure }: One) {
  const { id, name, script, kind, resources, exactlyOne } = algorithm;
  return (
    <Card withBorder padding="sm">
      <Text fw={600}>{name}</Text>
      <Text size="sm" c="dimmed">
        <Code>{id}</Code> in {script}; {kind === 'continuous' ? 'runs on and on' : 'runs to its end'}
      </Text>
      <Text size="sm" mt="xs">
        {needsOf(algorithm)}
      </Text>
      <Text size="sm" c="dimmed">
        {resources.cpus} CPU, {resources.memoryMiB} MiB memory, {resources.diskMiB} MiB disk
        {exactlyOne && '; never two of a copy at once'}
      </Text>
      {mayConfigure && (
        <Anchor component={Link} to="/configure" search={{ application, algorithm: id } as never} size="sm" mt="xs">
          Configure {id} to run
        </Anchor>
      )}
    </Card>
  );
}

function needsOf({ sensors, controls, actions }: Algorithm): string {
  const reads = sensors.map(({ name, type, count }) => `${name} (${count === 1 ? type : `${count} × ${type}`})`);
  const steers = controls.map(({ name, type }) => `${name} (${type})`);
  const parts = [
    reads.length > 0 ? `Reads ${reads.join(', ')}.` : '',
    steers.length > 0 ? `Steers ${steers.join(', ')}.` : '',
    actions.length > 0 ? `May send: ${actions.join(', ')}.` : '',
  ].filter((part) => part !== '');
  return parts.length === 0 ? 'Needs no sensors and asks for no actions.' : parts.join(' ');
}
