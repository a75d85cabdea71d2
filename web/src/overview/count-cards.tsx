// The platform in numbers, each of which leads to what it counts.
import { Card, SimpleGrid, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { AnswerOf } from '../../../src/api/contract/answers.ts';
import type { Permission } from '../../../src/model/permission.ts';
import { useRights } from '../api/use-me.ts';
import { percent } from '../shown/amounts.ts';
import styles from './count-cards.module.css';

type Overview = AnswerOf<'overview'>;

interface Count {
  readonly label: string;
  readonly value: string;
  readonly words: string;
  readonly to: string;
  readonly permission: Permission;
  /** Something is to be looked after. */
  readonly isTrouble?: boolean;
}

/** Numbers in a row. */
export function CountCards({ overview }: { readonly overview: Overview }) {
  const rights = useRights();
  const counts = countsOf(overview).filter(({ permission }) => rights.anywhere(permission));
  return (
    <SimpleGrid cols={{ base: 2, sm: 3, xl: 6 }} spacing="sm">
      {counts.map(({ label, value, words, to, isTrouble = false }) => (
        <Card key={label} withBorder padding="sm" component={Link} to={to} className={styles.card ?? ''}>
          <Text size="sm" c="dimmed">
            {label}
          </Text>
          <Text fz={26} fw={650} lh={1.25}>
            {value}
          </Text>
          <Text size="xs" className={isTrouble ? styles.trouble : styles.calm}>
            {words}
          </Text>
        </Card>
      ))}
    </SimpleGrid>
  );
}

function countsOf({ counts, nextTotal, isWhole }: Overview): readonly Count[] {
  const { jobs, nodes, sensors, ended } = counts;
  const more = isWhole ? '' : ' or more';
  const over = ended.succeeded + ended.failed;
  const { running = 0, ...others } = jobs;
  return [
    {
      label: 'Running',
      value: `${running}`,
      words: restOf(others, 'nothing waits') + more,
      to: '/jobs',
      permission: 'jobs:read',
    },
    {
      label: 'Next 24 hours',
      value: `${nextTotal}`,
      words: `of ${things(counts.instances, 'instance')}${more}`,
      to: '/timeline',
      permission: 'jobs:read',
    },
    {
      ...{ label: 'Failed in 24 hours', value: `${ended.failed}`, to: '/jobs', permission: 'jobs:read' },
      words: over === 0 ? 'nothing ended' : `${percent(ended.succeeded / over)} of ${over} succeeded`,
      isTrouble: ended.failed > 0,
    },
    {
      label: 'Applications',
      value: `${counts.applications}`,
      words: things(counts.instances, 'instance'),
      to: '/applications',
      permission: 'applications:read',
    },
    { ...stated('Nodes', nodes, ['ready']), to: '/nodes', permission: 'nodes:read' },
    {
      ...stated('Sensors', sensors, ['online', 'live', 'unknown', 'enabled']),
      to: '/sensors',
      permission: 'sensors:read',
    },
  ];
}

/** How many there are, and those that are not well. */
function stated(label: string, states: Readonly<Record<string, number>>, well: readonly string[]) {
  const all = Object.values(states).reduce((sum, count) => sum + count, 0);
  const others = Object.fromEntries(Object.entries(states).filter(([state]) => !well.includes(state)));
  const isTrouble = Object.values(others).some((count) => count > 0);
  return { label, value: `${all}`, words: restOf(others, all === 0 ? 'none yet' : 'all well'), isTrouble };
}

function restOf(states: Readonly<Record<string, number>>, none: string): string {
  const told = Object.entries(states).filter(([, count]) => count > 0);
  return told.length === 0 ? none : told.map(([state, count]) => `${count} ${state}`).join(', ');
}

function things(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}
