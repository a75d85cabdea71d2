// The registry: sensors, their types, and what packages wish for.
import { Button, Group, Select, Tabs, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { Upload } from 'lucide-react';
import { useState } from 'react';
import { useAnswer } from '../api/use-answer.ts';
import { useLively } from '../api/use-lively.ts';
import { useRights } from '../api/use-me.ts';
import { usePages } from '../api/use-pages.ts';
import { LiveMark } from '../shown/live-mark.tsx';
import { PageTitle } from '../shown/page-title.tsx';
import { RegisterDialog } from './register-dialog.tsx';
import { SensorRequests } from './sensor-requests.tsx';
import { SensorTable } from './sensor-table.tsx';
import { SensorTypes } from './sensor-types.tsx';

const STATES = ['online', 'silent', 'offline', 'unknown'];
const TYPING_MS = 250;

/** Everything about devices. */
export function SensorsPage() {
  const rights = useRights();
  const live = useLively(['listSensors', 'listSensorRequests']);
  const [registers, setRegisters] = useState(false);
  const open = useAnswer('listSensorRequests', { query: { state: 'open' } }).data?.items.length ?? 0;
  return (
    <>
      <PageTitle title="Sensors" about="Devices that measure, and those that can be steered.">
        <LiveMark state={live} />
        {rights.here('sensors:write') && (
          <Button leftSection={<Upload size={15} aria-hidden />} onClick={() => setRegisters(true)}>
            Register
          </Button>
        )}
      </PageTitle>
      <Tabs defaultValue="sensors" keepMounted={false}>
        <Tabs.List mb="md">
          <Tabs.Tab value="sensors">Sensors</Tabs.Tab>
          <Tabs.Tab value="types">Types</Tabs.Tab>
          <Tabs.Tab value="requests">{open === 0 ? 'Requests' : `Requests (${open})`}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="sensors">
          <Listed />
        </Tabs.Panel>
        <Tabs.Panel value="types">
          <SensorTypes />
        </Tabs.Panel>
        <Tabs.Panel value="requests">
          <SensorRequests />
        </Tabs.Panel>
      </Tabs>
      <RegisterDialog opened={registers} close={() => setRegisters(false)} />
    </>
  );
}

function Listed() {
  const [type, setType] = useState<string | null>(null);
  const [state, setState] = useState<string | null>(null);
  const [location, setLocation] = useState('');
  const [settled] = useDebouncedValue(location, TYPING_MS);
  const types = useAnswer('listSensorTypes', { query: { limit: 1000 } }, { everyMs: false });
  const query = { type: type ?? undefined, state: state ?? undefined, location: settled === '' ? undefined : settled };
  const pages = usePages('listSensors', { query });
  const isNarrowed = type !== null || state !== null || settled !== '';
  return (
    <>
      <Group mb="md" align="flex-end">
        <Select
          label="Type"
          placeholder="any"
          clearable
          searchable
          data={types.data?.items.map(({ id }) => id) ?? []}
          value={type}
          onChange={setType}
        />
        <Select label="State" placeholder="any" clearable data={STATES} value={state} onChange={setState} />
        <TextInput
          label="Place"
          placeholder="campus/building-a"
          value={location}
          onChange={({ currentTarget }) => setLocation(currentTarget.value)}
        />
      </Group>
      <SensorTable
        pages={pages}
        empty={
          isNarrowed
            ? 'No sensor is like that.'
            : 'No sensor is registered. Register them from a file here, or with berth sensor apply FILE.'
        }
      />
    </>
  );
}
