// What the names of an algorithm stand for: as the instance wishes, and as its last job was bound.
import { Anchor, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { Fragment } from 'react';
import type { AnswerOf } from '../../../src/api/contract/answers.ts';
import { useAnswer } from '../api/use-answer.ts';
import { DataTable } from '../shown/data-table.tsx';
import { Section } from '../shown/section.tsx';
import { StateBadge } from '../shown/state-badge.tsx';

type Instance = AnswerOf<'showInstance'>;
type Wish = NonNullable<Instance['bindings']>['sensors'][string];

const MISSING = {
  wait: 'A job waits for what is missing.',
  'run-without': 'A job runs without what is missing.',
  refuse: 'A job is refused when something is missing.',
} as const;

interface Shown {
  readonly instance: Instance;
  /** Its last job; null: it had none. */
  readonly job: string | null;
}

/** Names with their sensors; nothing for an algorithm that needs none. */
export function InstanceBindings({ instance: { bindings }, job }: Shown) {
  const last = useAnswer('showJob', { params: { job: job ?? '' } }, { enabled: job !== null });
  const bound = new Map(last.data?.sensors?.bound.map(({ name, sensors }) => [name, sensors]));
  const wishes = { ...bindings?.sensors, ...bindings?.controls };
  const names = [...new Set([...Object.keys(wishes), ...bound.keys()])];
  if (names.length === 0 && !last.data?.sensors) return null;
  return (
    <Section
      title="Sensors"
      about={
        <>
          What its names stand for. {MISSING[bindings?.missing ?? 'wait']}{' '}
          {last.data?.sensors && (
            <>
              Its last job: <StateBadge state={last.data.sensors.state} /> {last.data.sensors.reason}
            </>
          )}
        </>
      }
    >
      <DataTable
        caption="Sensors by the names in the code"
        rows={names}
        rowKey={(name) => name}
        empty="Its names are bound by their types, as each job starts."
        columns={[
          {
            label: 'Name',
            render: (name) => (
              <Text ff="monospace" size="sm" span>
                {name}
              </Text>
            ),
          },
          { label: 'Wanted', render: (name) => wishWords(wishes[name]) },
          { label: 'Bound in the last job', render: (name) => <Sensors ids={bound.get(name) ?? []} /> },
        ]}
      />
    </Section>
  );
}

function wishWords(wish: Wish | undefined): string {
  if (wish === undefined) return 'any of its type';
  if (Array.isArray(wish)) return wish.join(', ');
  const { location, tags = [] } = wish as { readonly location?: string; readonly tags?: readonly string[] };
  const parts = [
    location === undefined ? '' : `at ${location}`,
    tags.length === 0 ? '' : `with ${tags.length === 1 ? 'the tag' : 'the tags'} ${tags.join(', ')}`,
  ];
  return `those ${parts.filter((part) => part !== '').join(', ')}`;
}

function Sensors({ ids }: { readonly ids: readonly string[] }) {
  if (ids.length === 0) return '–';
  return ids.map((id, index) => (
    <Fragment key={id}>
      {index > 0 && ', '}
      <Anchor component={Link} to={`/sensors/${encodeURIComponent(id)}`} size="sm">
        {id}
      </Anchor>
    </Fragment>
  ));
}
