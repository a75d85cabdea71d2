// What is done about a node that is not well, by itself and by hand.
import { Button, Group, Switch, Text } from '@mantine/core';
import type { AnswerOf } from '../../../src/api/contract/answers.ts';
import { useAct } from '../api/use-act.ts';
import { useRights } from '../api/use-me.ts';
import { askFirst } from '../shown/ask-first.tsx';
import { DataTable } from '../shown/data-table.tsx';
import { Section } from '../shown/section.tsx';
import { StateBadge } from '../shown/state-badge.tsx';
import { When } from '../shown/when.tsx';

interface Shown {
  readonly why: AnswerOf<'whyNode'>;
  readonly node: AnswerOf<'showNode'>;
}

/** The steps that were taken, the next one, and the switch. */
export function NodeRecovery({ why: { recovery }, node }: Shown) {
  const may = useRights().here('nodes:write');
  const set = useAct('setNodeRecovery');
  const params = { node: node.id };
  const toggle = may && (
    <Switch
      label="Recover it by itself"
      checked={node.recovery === 'automatic'}
      onChange={({ currentTarget }) =>
        set.mutate({ params, body: { mode: currentTarget.checked ? 'automatic' : 'off' } })
      }
    />
  );
  return (
    <Section title="Recovery" actions={toggle || undefined}>
      {recovery ? (
        <>
          <Group gap="xs">
            <StateBadge state={recovery.state} />
            <Text size="sm">
              {recovery.reason} {recovery.nextAt !== null && <When at={recovery.nextAt} />}
            </Text>
          </Group>
          <Tries tries={recovery.tries} />
        </>
      ) : (
        <Text size="sm" c="dimmed">
          Nothing had to be done.
        </Text>
      )}
      {may && <StepNow node={node.id} />}
    </Section>
  );
}

function Tries({ tries }: { readonly tries: NonNullable<Shown['why']['recovery']>['tries'] }) {
  return (
    <DataTable
      caption="Steps of recovery"
      rows={tries.toReversed()}
      rowKey={({ act }) => act}
      empty="No step was taken yet."
      columns={[
        { label: 'Step', render: ({ step }) => step },
        { label: 'When', render: ({ at }) => <When at={at} /> },
        { label: 'Outcome', render: ({ outcome }) => outcome },
        { label: 'What was said', render: ({ text }) => text },
      ]}
    />
  );
}

function StepNow({ node }: { readonly node: string }) {
  const recover = useAct('recoverNode', { done: () => 'The next step is being taken.' });
  const ask = () =>
    askFirst({
      title: `Take the next step for ${node} now?`,
      what: 'The next step of recovery is taken at once, whatever limits say: restart Docker, reboot or power cycle the machine, or replace it.',
      act: 'Take it',
      onYes: () => recover.mutate({ params: { node }, body: {} }),
    });
  return (
    <Group>
      <Button variant="default" size="xs" loading={recover.isPending} onClick={ask}>
        Take the next step now
      </Button>
    </Group>
  );
}
