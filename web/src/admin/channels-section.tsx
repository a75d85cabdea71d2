// The ways by which actions leave the platform: one of each kind.
import { Button, Group, Text } from '@mantine/core';
import { useState } from 'react';
import type { AnswerOf } from '../../../src/api/contract/answers.ts';
import { useAct } from '../api/use-act.ts';
import { useAnswer } from '../api/use-answer.ts';
import { useRights } from '../api/use-me.ts';
import { askFirst } from '../shown/ask-first.tsx';
import { DataTable } from '../shown/data-table.tsx';
import { Section } from '../shown/section.tsx';
import { StateBadge } from '../shown/state-badge.tsx';
import { When } from '../shown/when.tsx';
import { ChannelDialog } from './channel-dialog.tsx';
import { ChannelTestDialog } from './channel-test-dialog.tsx';

/** How a kind of action leaves the platform. */
export type ChannelAccess = AnswerOf<'showChannel'>['access'];

/** A kind of channel. */
export type ChannelKind = ChannelAccess['kind'];

interface Row {
  readonly kind: ChannelKind;
  readonly channel: AnswerOf<'showChannel'> | null;
}

const KINDS = ['smtp', 'sms-gateway', 'webhooks'] as const;
const WORDS: Readonly<Record<ChannelKind, readonly [name: string, without: string]>> = {
  smtp: ['E-mail', 'Not described: e-mails wait, and nobody is mailed a link.'],
  'sms-gateway': ['SMS', 'Not described: text messages wait.'],
  webhooks: ['Webhooks', 'Not described: they are called unsigned, and no private address is.'],
};

/** Channels, described, tried out and taken away. */
export function ChannelsSection() {
  const channels = useAnswer('listChannels');
  const may = useRights().here('channels:write');
  const [described, setDescribed] = useState<Row | null>(null);
  const [tried, setTried] = useState<ChannelKind | null>(null);
  const remove = useAct('removeChannel', { done: () => 'The channel is taken away.' });
  const items = channels.data?.items;
  const rows = items && KINDS.map((kind) => ({ kind, channel: items.find(({ id }) => id === kind) ?? null }));
  const ask = (kind: ChannelKind) =>
    askFirst({
      title: `Take ${WORDS[kind][0]} away?`,
      what: 'What was to leave by it waits until it is described again.',
      act: 'Take away',
      onYes: () => remove.mutate({ params: { channel: kind } }),
    });
  return (
    <Section title="Channels" about="How e-mails, text messages and webhooks leave the platform.">
      <DataTable<Row>
        caption="Channels"
        rows={rows}
        error={channels.error}
        rowKey={({ kind }) => kind}
        empty="There are no channels."
        columns={[
          { label: 'For', render: ({ kind }) => WORDS[kind][0] },
          { label: 'State', render: ({ channel }) => <StateBadge state={channel ? 'enabled' : 'disabled'} /> },
          { label: 'Where', render: (row) => <Where row={row} /> },
          { label: 'Described', render: ({ channel }) => channel && <When at={channel.updatedAt} /> },
          {
            label: '',
            render: (row) =>
              may && (
                <Acts
                  row={row}
                  onDescribe={() => setDescribed(row)}
                  onTry={() => setTried(row.kind)}
                  onRemove={() => ask(row.kind)}
                />
              ),
          },
        ]}
      />
      {described && (
        <ChannelDialog
          kind={described.kind}
          known={described.channel?.access ?? null}
          onClose={() => setDescribed(null)}
        />
      )}
      {tried && <ChannelTestDialog kind={tried} onClose={() => setTried(null)} />}
    </Section>
  );
}

function Where({ row: { kind, channel } }: { readonly row: Row }) {
  if (channel) return <>{whereOf(channel.access)}</>;
  return (
    <Text size="sm" c="dimmed">
      {WORDS[kind][1]}
    </Text>
  );
}

function whereOf(access: ChannelAccess): string {
  if (access.kind === 'smtp') return `${access.host}:${access.port}, from ${access.from}`;
  if (access.kind === 'sms-gateway') return `${access.method} ${access.url}`;
  const places = access.allowPrivate.length === 0 ? 'public addresses' : `also ${access.allowPrivate.join(', ')}`;
  return `${access.secretFile === null ? 'unsigned' : 'signed'}, ${places}`;
}

interface RowActs {
  readonly row: Row;
  readonly onDescribe: () => void;
  readonly onTry: () => void;
  readonly onRemove: () => void;
}

function Acts({ row: { kind, channel }, onDescribe, onTry, onRemove }: RowActs) {
  const [name] = WORDS[kind];
  return (
    <Group gap={6} justify="flex-end" wrap="nowrap">
      <Button
        size="compact-xs"
        variant="default"
        onClick={onDescribe}
        aria-label={`${channel ? 'Change' : 'Describe'} ${name}`}
      >
        {channel ? 'Change' : 'Describe'}
      </Button>
      {channel && (
        <>
          <Button size="compact-xs" variant="default" onClick={onTry} aria-label={`Try ${name}`}>
            Try
          </Button>
          <Button size="compact-xs" variant="default" onClick={onRemove} aria-label={`Take away ${name}`}>
            Take away
          </Button>
        </>
      )}
    </Group>
  );
}
