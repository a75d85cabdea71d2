// Sensors and types that packages name and nobody has registered: an administrator decides.
import { Button, Group, Modal, Stack, Textarea } from '@mantine/core';
import { useState } from 'react';
import type { ItemOf } from '../../../src/api/contract/answers.ts';
import { useAct } from '../api/use-act.ts';
import { useRights } from '../api/use-me.ts';
import { usePages } from '../api/use-pages.ts';
import { DataTable } from '../shown/data-table.tsx';
import { StateBadge } from '../shown/state-badge.tsx';
import { When } from '../shown/when.tsx';

type SensorRequest = ItemOf<'listSensorRequests'>;

/** Requests, oldest first, with the two answers. */
export function SensorRequests() {
  const may = useRights().here('sensors:approve');
  const pages = usePages('listSensorRequests');
  const [refused, setRefused] = useState<SensorRequest | null>(null);
  const approve = useAct('approveSensorRequest', { done: () => 'It is registered.' });
  return (
    <>
      <DataTable
        caption="Requests of packages"
        {...pages}
        rowKey={({ id }) => id}
        empty="No package wishes for a device that is not registered."
        columns={[
          { label: 'Wish', render: wishOf },
          { label: 'Of', render: ({ application }) => application },
          { label: 'State', render: ({ state }) => <StateBadge state={state} /> },
          { label: 'Since', render: ({ createdAt }) => <When at={createdAt} /> },
          { label: 'Decision', render: ({ decision }) => (decision ? `${decision.by}: ${decision.reason}` : '') },
          {
            label: '',
            render: (request) =>
              may &&
              request.state === 'open' && (
                <Group gap={6} wrap="nowrap">
                  <Button size="compact-xs" onClick={() => approve.mutate({ params: { request: request.id } })}>
                    Register it
                  </Button>
                  <Button size="compact-xs" variant="default" onClick={() => setRefused(request)}>
                    Refuse
                  </Button>
                </Group>
              ),
          },
        ]}
      />
      {refused && <RefuseDialog request={refused} close={() => setRefused(null)} />}
    </>
  );
}

function wishOf({ wish }: SensorRequest): string {
  return wish.kind === 'type' ? `the type ${wish.type.id}` : `the sensor ${wish.sensor.id} of type ${wish.sensor.type}`;
}

function RefuseDialog({ request, close }: { readonly request: SensorRequest; readonly close: () => void }) {
  const [reason, setReason] = useState('');
  const refuse = useAct('refuseSensorRequest', { done: () => 'It is refused.', after: close });
  return (
    <Modal opened onClose={close} title={`Refuse ${wishOf(request)}?`}>
      <Stack>
        <Textarea
          label="Why"
          description="Whoever pushed the package reads it"
          value={reason}
          onChange={({ currentTarget }) => setReason(currentTarget.value)}
          data-autofocus
        />
        <Group justify="flex-end">
          <Button
            color="red"
            disabled={reason.trim() === ''}
            loading={refuse.isPending}
            onClick={() => refuse.mutate({ params: { request: request.id }, body: { reason: reason.trim() } })}
          >
            Refuse
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
