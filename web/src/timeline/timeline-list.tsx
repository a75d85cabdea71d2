// The timeline in words, for whoever cannot see or point at bars.
import { Accordion } from '@mantine/core';
import { useState } from 'react';
import type { AnswerOf } from '../../../src/api/contract/answers.ts';
import { duration } from '../shown/amounts.ts';
import { DataTable } from '../shown/data-table.tsx';
import { StateBadge } from '../shown/state-badge.tsx';
import { When } from '../shown/when.tsx';

type Timeline = AnswerOf<'timeline'>;

const PAGE = 100;

/** Jobs and what comes as a table that is opened when it is wanted. */
export function TimelineList({ timeline }: { readonly timeline: Timeline }) {
  const [shown, setShown] = useState(PAGE);
  const rows = [...timeline.next.toReversed().map(ofComing), ...timeline.jobs.toReversed().map(ofJob)];
  const more = shown < rows.length ? { load: () => setShown(shown + PAGE), loading: false } : null;
  return (
    <Accordion variant="contained">
      <Accordion.Item value="list">
        <Accordion.Control>The same as a list</Accordion.Control>
        <Accordion.Panel>
          <DataTable
            caption="Jobs and what comes next, latest first"
            rows={rows.slice(0, shown)}
            rowKey={({ key }) => key}
            linkTo={({ to }) => to}
            more={more}
            empty="Nothing."
            columns={[
              { label: 'Instance', render: ({ name }) => name },
              { label: 'State', render: ({ state }) => <StateBadge state={state} /> },
              { label: 'Begins', render: ({ at }) => <When at={at} /> },
              { label: 'Takes', numeric: true, render: ({ length }) => (length === null ? '' : duration(length)) },
              { label: 'Nodes', render: ({ nodes }) => nodes },
            ]}
          />
        </Accordion.Panel>
      </Accordion.Item>
    </Accordion>
  );
}

function ofJob({ id, instanceName, state, startsAt, startedAt, endedAt, nodes }: Timeline['jobs'][number]) {
  const length = startedAt !== null && endedAt !== null ? Date.parse(endedAt) - Date.parse(startedAt) : null;
  const to = `/jobs/${encodeURIComponent(id)}`;
  return { key: id, to, name: instanceName, state, at: startedAt ?? startsAt, length, nodes: nodes.join(', ') };
}

function ofComing({ instance, instanceName, at, endsAt, note }: Timeline['next'][number]) {
  const length = endsAt === null ? null : Date.parse(endsAt) - Date.parse(at);
  const state = note === null ? 'next' : 'skipped';
  const to = `/instances/${encodeURIComponent(instance)}`;
  return { key: `${instance}@${at}`, to, name: instanceName, state, at, length, nodes: note ?? '' };
}
