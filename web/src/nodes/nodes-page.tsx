// The machines that run tasks, and the providers that make more of them.
import { Button, Stack } from '@mantine/core';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import type { ItemOf } from '../../../src/api/contract/answers.ts';
import { useAnswer } from '../api/use-answer.ts';
import { useLively } from '../api/use-lively.ts';
import { useRights } from '../api/use-me.ts';
import { bytes, percent } from '../shown/amounts.ts';
import { DataTable } from '../shown/data-table.tsx';
import { LiveMark } from '../shown/live-mark.tsx';
import { PageTitle } from '../shown/page-title.tsx';
import { StateBadge } from '../shown/state-badge.tsx';
import { AddNodeDialog } from './add-node-dialog.tsx';
import { LoadBar } from './load-bar.tsx';
import { ProviderSection } from './provider-section.tsx';

type Node = ItemOf<'listNodes'>;

/** All nodes with what they carry. */
export function NodesPage() {
  const may = useRights().here('nodes:write');
  const live = useLively(['listNodes']);
  const [adds, setAdds] = useState(false);
  const nodes = useAnswer('listNodes');
  return (
    <>
      <PageTitle title="Nodes" about="Machines that run tasks.">
        <LiveMark state={live} />
        {may && (
          <Button leftSection={<Plus size={15} aria-hidden />} onClick={() => setAdds(true)}>
            Add a node
          </Button>
        )}
      </PageTitle>
      <Stack gap="xl">
        <NodeTable nodes={nodes.data?.items} error={nodes.error} />
        <ProviderSection />
      </Stack>
      {may && <AddNodeDialog opened={adds} close={() => setAdds(false)} />}
    </>
  );
}

function NodeTable({ nodes, error }: { readonly nodes: readonly Node[] | undefined; readonly error: Error | null }) {
  return (
    <DataTable
      caption="Nodes"
      rows={nodes}
      error={error}
      rowKey={({ id }) => id}
      linkTo={({ id }) => `/nodes/${encodeURIComponent(id)}`}
      empty="There is no node yet, so nothing can run. Add a machine by SSH here, or with berth node add ssh://root@host."
      columns={[
        { label: 'Node', render: ({ id }) => id, sort: ({ id }) => id },
        { label: 'State', render: (node) => <NodeState node={node} />, sort: ({ state }) => state },
        { label: 'Tasks', numeric: true, render: ({ tasks }) => tasks, sort: ({ tasks }) => tasks },
        {
          label: 'CPU',
          render: ({ load }) => load && <LoadBar label="CPU" share={load.cpu} />,
          sort: ({ load }) => load?.cpu ?? null,
        },
        {
          label: 'Memory',
          render: ({ load }) => load && <LoadBar label="Memory" share={load.memory} />,
          sort: ({ load }) => load?.memory ?? null,
        },
        {
          label: 'Load',
          numeric: true,
          render: ({ load }) => (load ? percent(load.harmonic) : ''),
          sort: ({ load }) => load?.harmonic ?? null,
        },
        { label: 'Disk free', numeric: true, render: ({ load }) => (load ? bytes(load.diskFreeBytes) : '') },
        { label: 'Reserved', render: reservedOf },
      ]}
    />
  );
}

function NodeState({ node: { state, draining, reason } }: { readonly node: Node }) {
  return (
    <>
      <StateBadge state={draining ? 'draining' : state} /> {state === 'ready' && !draining ? '' : reason}
    </>
  );
}

function reservedOf({ reserved, cpus, memoryBytes, claim }: Node): string {
  if (claim !== null) return `all of it by ${claim}`;
  const ofCpus = cpus === null ? '' : ` of ${cpus}`;
  const ofMemory = memoryBytes === null ? '' : ` of ${bytes(memoryBytes)}`;
  return `${reserved.cpus}${ofCpus} CPUs, ${bytes(reserved.memoryBytes)}${ofMemory}`;
}
