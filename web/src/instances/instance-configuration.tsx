// How an instance is configured: where it may run, how it is treated, with which values.
import { Code, Group, Stack } from '@mantine/core';
import type { AnswerOf } from '../../../src/api/contract/answers.ts';
import { duration } from '../shown/amounts.ts';
import { Facts } from '../shown/facts.tsx';
import { Section } from '../shown/section.tsx';
import { When } from '../shown/when.tsx';

type Instance = AnswerOf<'showInstance'>;

const MISSED = {
  skip: 'runs none of them',
  'run-latest': 'runs the latest of them',
  'run-all': 'runs all of them',
} as const;
const OVERLAP = {
  allow: 'runs beside it',
  skip: 'makes no job',
  queue: 'waits for it',
  replace: 'stops it and runs',
} as const;

/** What its file says. */
export function InstanceConfiguration({ instance }: { readonly instance: Instance }) {
  const { parameters, secrets, labels, location, notify, createdAt, updatedAt } = instance;
  const { copies, machine, priority, leadMs, missed, overlap } = instance;
  return (
    <Section title="Configuration" about={<PackageWords pkg={instance.package} />}>
      <Facts
        facts={[
          ['Copies', `${copies}, ${machine === 'standalone' ? 'each on a machine of its own' : 'on shared machines'}`],
          ['Where', placeWords(labels, location)],
          ['When runs were missed', MISSED[missed.policy]],
          ['When a job still runs', OVERLAP[overlap.policy]],
          ['Priority', priority],
          ['Started ahead by', duration(leadMs)],
          ['Parameters', <Pairs key="parameters" pairs={parameters} />],
          ['Secrets', secrets.length === 0 ? 'none' : secrets.join(', ')],
          ['Tells', notify.length === 0 ? 'nobody' : notify.join(', ')],
          ['Actions', actionWords(instance.actions)],
          ['Made', <When key="made" at={createdAt} />],
          ['Changed', <When key="changed" at={updatedAt} />],
        ]}
      />
    </Section>
  );
}

function PackageWords({ pkg }: { readonly pkg: string }) {
  if (pkg === 'current') return 'Its jobs run the current package of the application.';
  return (
    <>
      Its jobs always run the package <Code>{pkg.slice(0, 12)}</Code>.
    </>
  );
}

function placeWords(labels: Instance['labels'], location: string | null): string {
  const wanted = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  const parts = [
    location === null ? '' : `at ${location}`,
    wanted.length === 0 ? '' : `on nodes with ${wanted.join(', ')}`,
  ];
  return parts.filter((part) => part !== '').join(', ') || 'anywhere';
}

function actionWords(actions: Instance['actions']): string {
  if (actions === null) return 'the ordinary budget, at any time';
  const budget = Object.entries(actions.perHour).map(([kind, count]) => `${count} ${kind} an hour`);
  const quiet = actions.quiet ? `quiet from ${actions.quiet.from} to ${actions.quiet.to}` : 'at any time';
  return [budget.length === 0 ? 'the ordinary budget' : budget.join(', '), quiet].join('; ');
}

function Pairs({ pairs }: { readonly pairs: Readonly<Record<string, string>> }) {
  const entries = Object.entries(pairs);
  if (entries.length === 0) return 'none';
  return (
    <Stack gap={2}>
      {entries.map(([key, value]) => (
        <Group key={key} gap={6}>
          <Code>{key}</Code> {value}
        </Group>
      ))}
    </Stack>
  );
}
