// Entries of the audit as a list; each opens with what was before and after, side by side.
import { Anchor, Badge, Drawer, Text } from '@mantine/core';
import { useState } from 'react';
import type { ItemOf } from '../../../src/api/contract/answers.ts';
import { ENDPOINTS } from '../../../src/api/contract/endpoints.ts';
import type { Pages } from '../api/use-pages.ts';
import { DataTable } from '../shown/data-table.tsx';
import { inZone, When } from '../shown/when.tsx';
import { AuditDetail } from './audit-detail.tsx';

/** An entry as the platform answers it. */
export type AuditRow = ItemOf<'listAudit'>;

/** The entries that were asked for. */
export function AuditTable({ entries }: { readonly entries: Pages<AuditRow> }) {
  const [opened, setOpened] = useState<AuditRow | null>(null);
  return (
    <>
      <DataTable
        {...entries}
        caption="Audit"
        rowKey={({ id }) => id}
        empty="Nobody did anything like that, as far as the audit is kept."
        columns={[
          {
            label: 'Act',
            render: (entry) => (
              <div>
                <Anchor component="button" type="button" inherit fw={600} onClick={() => setOpened(entry)}>
                  {entry.act}
                </Anchor>
                <Text size="xs" c="dimmed">
                  {summaryOf(entry.act)}
                </Text>
              </div>
            ),
          },
          { label: 'Who', render: ({ who }) => who },
          { label: 'About', render: ({ object }) => object ?? '–' },
          { label: 'What came of it', render: (entry) => <Outcome entry={entry} /> },
          { label: 'From', render: ({ from }) => from },
          { label: 'When', render: ({ at }) => <When at={at} /> },
        ]}
      />
      <Drawer
        opened={opened !== null}
        onClose={() => setOpened(null)}
        position="right"
        size="xl"
        title={
          <>
            <Text fw={650}>{opened?.act}</Text>
            <Text size="sm" c="dimmed">
              {opened && inZone(opened.at)}
            </Text>
          </>
        }
      >
        {opened && <AuditDetail entry={opened} />}
      </Drawer>
    </>
  );
}

/** What a route does, in words. */
function summaryOf(act: string): string {
  const endpoints: Readonly<Record<string, { readonly summary: string }>> = ENDPOINTS;
  return Object.hasOwn(endpoints, act) ? (endpoints[act]?.summary ?? '') : '';
}

function Outcome({ entry: { outcome, who } }: { readonly entry: AuditRow }) {
  if (outcome === null && who === 'system') return <>–</>;
  const [colour, word] =
    outcome === null ? ['yellow', 'unknown'] : outcome.code === null ? ['teal', 'done'] : ['red', outcome.code];
  return (
    <Badge color={colour} variant="light" tt="none" fw={600} miw="fit-content">
      {word}
    </Badge>
  );
}
