// What can make machines, and the machines that are being made.
import { Button } from '@mantine/core';
import type { ItemOf } from '../../../src/api/contract/answers.ts';
import { useAct } from '../api/use-act.ts';
import { useAnswer } from '../api/use-answer.ts';
import { useRights } from '../api/use-me.ts';
import { askFirst } from '../shown/ask-first.tsx';
import { DataTable } from '../shown/data-table.tsx';
import { Section } from '../shown/section.tsx';

type Provider = ItemOf<'listProviders'>;

/** Providers with their nodes; adding one is for the command line, where its template is a file. */
export function ProviderSection() {
  const may = useRights().here('nodes:write');
  const { data, error } = useAnswer('listProviders');
  return (
    <Section title="Providers" about="They start, stop, make and destroy machines.">
      <DataTable
        caption="Providers"
        rows={data?.items}
        error={error}
        rowKey={({ name }) => name}
        empty="No provider: machines are added by hand, and a lost one cannot be replaced by itself. berth provider add --help tells how to add one."
        columns={[
          { label: 'Provider', render: ({ name }) => name },
          { label: 'Kind', render: ({ kind }) => kind },
          { label: 'Nodes', render: ({ nodes }) => nodes.join(', ') },
          { label: 'Being made', render: ordersOf },
          ...(may ? [{ label: '', render: (provider: Provider) => <Grow provider={provider} /> }] : []),
        ]}
      />
    </Section>
  );
}

function ordersOf({ orders }: Provider): string {
  return orders.map(({ state, reason }) => `${state}: ${reason}`).join('; ');
}

function Grow({ provider: { name } }: { readonly provider: Provider }) {
  const grow = useAct('growFleet', { done: () => 'One machine is ordered.' });
  const ask = () =>
    askFirst({
      title: `Order a machine of ${name}?`,
      what: 'It becomes a node when it is ready. What it costs is between you and the provider.',
      act: 'Order',
      onYes: () => grow.mutate({ params: { provider: name }, body: { count: 1 } }),
    });
  return (
    <Button variant="default" size="xs" loading={grow.isPending} onClick={ask}>
      Order a machine
    </Button>
  );
}
