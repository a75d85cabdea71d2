// Sensors as a table.
import { Text } from '@mantine/core';
import type { ItemOf } from '../../../src/api/contract/answers.ts';
import type { Pages } from '../api/use-pages.ts';
import { DataTable } from '../shown/data-table.tsx';
import { StateBadge } from '../shown/state-badge.tsx';
import { When } from '../shown/when.tsx';

type Sensor = ItemOf<'listSensors'>;

/** Each row leads to its sensor. */
export function SensorTable({ pages, empty }: { readonly pages: Pages<Sensor>; readonly empty: string }) {
  return (
    <DataTable
      caption="Sensors"
      {...pages}
      rowKey={({ id }) => id}
      linkTo={({ id }) => `/sensors/${encodeURIComponent(id)}`}
      empty={empty}
      columns={[
        { label: 'Sensor', render: ({ id }) => id, sort: ({ id }) => id },
        { label: 'Name', render: ({ name }) => name, sort: ({ name }) => name },
        { label: 'Type', render: ({ type }) => type, sort: ({ type }) => type },
        { label: 'Place', render: ({ location }) => location, sort: ({ location }) => location },
        { label: 'State', render: (sensor) => <SensorState sensor={sensor} />, sort: ({ state }) => state },
        {
          label: 'Last reading',
          render: ({ lastReadingAt }) => <When at={lastReadingAt} />,
          sort: ({ lastReadingAt }) => lastReadingAt,
        },
        {
          label: 'Readings',
          numeric: true,
          render: ({ readings }) => readings.toLocaleString(),
          sort: ({ readings }) => readings,
        },
        {
          label: 'Misfits',
          numeric: true,
          render: ({ misfits }) => (misfits === 0 ? '' : misfits.toLocaleString()),
          sort: ({ misfits }) => misfits,
        },
      ]}
    />
  );
}

function SensorState({ sensor: { enabled, state } }: { readonly sensor: Sensor }) {
  if (!enabled) return <StateBadge state="disabled" />;
  return state === 'unknown' ? (
    <Text span size="sm" c="dimmed">
      not heard of yet
    </Text>
  ) : (
    <StateBadge state={state} />
  );
}
