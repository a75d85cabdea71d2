// One node: how it is and why, what it carries, its load over time, and what is done about it.
import { Alert, List, Stack } from '@mantine/core';
import { useParams } from '@tanstack/react-router';
import { TriangleAlert } from 'lucide-react';
import type { AnswerOf } from '../../../src/api/contract/answers.ts';
import { useAnswer } from '../api/use-answer.ts';
import { useLively } from '../api/use-lively.ts';
import { bytes } from '../shown/amounts.ts';
import { AwaitedPage } from '../shown/awaited-page.tsx';
import { DataTable } from '../shown/data-table.tsx';
import { Facts } from '../shown/facts.tsx';
import { LiveMark } from '../shown/live-mark.tsx';
import { PageTitle } from '../shown/page-title.tsx';
import { Section } from '../shown/section.tsx';
import { StateBadge } from '../shown/state-badge.tsx';
import { When } from '../shown/when.tsx';
import { NodeButtons } from './node-buttons.tsx';
import { NodeLoad } from './node-load.tsx';
import { NodeRecovery } from './node-recovery.tsx';

type Node = AnswerOf<'showNode'>;

const ABOVE = [{ to: '/nodes', label: 'Nodes' }];

/** The page of a node. */
export function NodePage() {
  const { node } = useParams({ strict: false }) as { readonly node: string };
  const live = useLively(['showNode', 'whyNode'], { subject: `node:${node}` });
  const found = useAnswer('showNode', { params: { node } });
  const why = useAnswer('whyNode', { params: { node } });
  if (!found.data) return <AwaitedPage title={node} above={ABOVE} error={found.error} />;
  const { data } = found;
  return (
    <>
      <PageTitle title={data.id} about={<Head node={data} />} above={ABOVE}>
        <LiveMark state={live} />
        <NodeButtons node={data} />
      </PageTitle>
      <Stack gap="xl">
        {data.trouble !== null && (
          <Alert color="red" icon={<TriangleAlert size={18} aria-hidden />} title="It is in trouble">
            {data.trouble}
          </Alert>
        )}
        {why.data && (
          <Section title="Why it is as it is">
            <List size="sm">
              {why.data.sentences.map((sentence) => (
                <List.Item key={sentence}>{sentence}</List.Item>
              ))}
            </List>
          </Section>
        )}
        <NodeFacts node={data} />
        <NodeLoad node={data.id} />
        <NodeTasks node={data} />
        {why.data && <NodeRecovery why={why.data} node={data} />}
      </Stack>
    </>
  );
}

function Head({ node: { state, draining, reason } }: { readonly node: Node }) {
  return (
    <>
      <StateBadge state={draining ? 'draining' : state} /> {reason}
    </>
  );
}

function NodeFacts({ node }: { readonly node: Node }) {
  const { address, hostKeyFingerprint, labels, cpus, memoryBytes, architecture, engineVersion, machine, reserved } =
    node;
  const words = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
  return (
    <Facts
      facts={[
        ['Address', address],
        hostKeyFingerprint === null ? null : ['Host key', hostKeyFingerprint],
        ['Labels', words.length === 0 ? 'none' : words.join(', ')],
        cpus === null ? null : ['CPUs', `${cpus} (${architecture ?? 'unknown'}), ${reserved.cpus} reserved`],
        memoryBytes === null ? null : ['Memory', `${bytes(memoryBytes)}, ${bytes(reserved.memoryBytes)} reserved`],
        engineVersion === null ? null : ['Docker', engineVersion],
        machine && [
          'Machine',
          `${machine.machine} of ${machine.provider}${machine.added ? ', made by the platform' : ''}`,
        ],
        ['Last seen', <When key="s" at={node.lastSeenAt} />],
      ]}
    />
  );
}

function NodeTasks({ node: { running } }: { readonly node: Node }) {
  return (
    <Section title="Tasks on it">
      <DataTable
        caption="Tasks on this node"
        rows={running}
        rowKey={({ id }) => id}
        linkTo={({ id }) => `/jobs/${encodeURIComponent(jobOf(id))}`}
        empty="Nothing runs here."
        columns={[
          { label: 'Task', render: ({ id }) => id },
          { label: 'State', render: ({ state }) => <StateBadge state={state} /> },
          { label: 'Since', render: ({ startedAt }) => <When at={startedAt} /> },
          { label: 'Reason', render: ({ reason }) => reason },
        ]}
      />
    </Section>
  );
}

/** A task's id is its job's with copy and attempt behind it. */
function jobOf(task: string): string {
  return task.replace(/\.\d+\.\d+$/, '');
}
