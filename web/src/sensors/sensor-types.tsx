// Kinds of devices.
import { Card, Group, SimpleGrid, Text } from '@mantine/core';
import type { ItemOf } from '../../../src/api/contract/answers.ts';
import { usePages } from '../api/use-pages.ts';
import { DataTable } from '../shown/data-table.tsx';
import { ErrorPanel } from '../shown/error-panel.tsx';

type SensorType = ItemOf<'listSensorTypes'>;

/** Each type with what its devices measure and what they can be told. */
export function SensorTypes() {
  const { rows, error } = usePages('listSensorTypes', { query: { limit: 1000 } });
  if (error && !rows) return <ErrorPanel error={error} />;
  if (rows?.length === 0)
    return <Text c="dimmed">No type is registered yet. Types stand in the same files as sensors.</Text>;
  return (
    <SimpleGrid cols={{ base: 1, md: 2 }}>
      {rows?.map((type) => (
        <TypeCard key={type.id} type={type} />
      ))}
    </SimpleGrid>
  );
}

function TypeCard({ type: { id, description, fields, controls, rateHz, sensors } }: { readonly type: SensorType }) {
  return (
    <Card withBorder>
      <Group justify="space-between">
        <Text fw={600}>{id}</Text>
        <Text size="sm" c="dimmed">
          {sensors === 1 ? '1 sensor' : `${sensors} sensors`}, {rateHz} per second
        </Text>
      </Group>
      {description !== '' && <Text size="sm">{description}</Text>}
      <DataTable
        caption={`Fields of ${id}`}
        rows={fields}
        rowKey={({ name }) => name}
        empty="It measures nothing."
        columns={[
          { label: 'Field', render: ({ name }) => name },
          { label: 'Type', render: ({ type }) => type },
          { label: 'Unit', render: ({ unit }) => unit },
          { label: 'Range', render: ({ range }) => (range ? `${range[0]} to ${range[1]}` : '') },
        ]}
      />
      {controls.length > 0 && (
        <Text size="sm" mt="xs">
          Can be told:{' '}
          {controls
            .map(({ name, parameters }) => `${name}(${parameters.map((each) => each.name).join(', ')})`)
            .join(', ')}
        </Text>
      )}
    </Card>
  );
}
