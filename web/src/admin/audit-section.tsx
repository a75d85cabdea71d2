// Who did what, from where, and what came of it.
import { Alert, Anchor, Button, Group, List, Select, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import type { AnswerOf } from '../../../src/api/contract/answers.ts';
import { addressOf } from '../api/call.ts';
import { useAnswer } from '../api/use-answer.ts';
import { usePages } from '../api/use-pages.ts';
import { ErrorPanel } from '../shown/error-panel.tsx';
import { Section } from '../shown/section.tsx';
import { AuditTable } from './audit-table.tsx';

const SINCE = [
  { value: 'PT1H', label: 'the last hour' },
  { value: 'P1D', label: 'the last day' },
  { value: 'P7D', label: 'the last 7 days' },
  { value: 'P30D', label: 'the last 30 days' },
];
const TYPING_MS = 300;

/** The audit: narrowed, looked into, exported, verified. */
export function AuditSection() {
  const [who, setWho] = useState('');
  const [object, setObject] = useState('');
  const [since, setSince] = useState<string | null>(null);
  const [filter] = useDebouncedValue({ who: who.trim(), object: object.trim() }, TYPING_MS);
  const query = { who: filter.who || undefined, object: filter.object || undefined, since: since ?? undefined };
  const [asked, setAsked] = useState(false);
  const found = useAnswer('verifyAudit', {}, { everyMs: false, enabled: asked });
  const verify = () => (asked ? void found.refetch() : setAsked(true));
  const entries = usePages('listAudit', { query });
  return (
    <Section
      title="Audit"
      about="Everything that somebody asked for, refusals included. Entries are added and never changed."
      actions={
        <>
          <Anchor href={addressOf('exportAudit', { query })} download="audit.ndjson" size="sm">
            Export what is shown
          </Anchor>
          <Button variant="default" loading={found.isFetching} onClick={verify}>
            Verify
          </Button>
        </>
      }
    >
      {found.error && <ErrorPanel error={found.error} />}
      {found.data && <Findings found={found.data} />}
      <Group align="flex-end" mb="xs">
        <TextInput label="Who" placeholder="user:ana" value={who} onChange={(e) => setWho(e.currentTarget.value)} />
        <TextInput
          label="About what"
          placeholder="instance:…"
          value={object}
          onChange={(e) => setObject(e.currentTarget.value)}
        />
        <Select label="Since" placeholder="the beginning" clearable data={SINCE} value={since} onChange={setSince} />
      </Group>
      <AuditTable entries={entries} />
    </Section>
  );
}

/** What was found when the whole audit was looked through. */
function Findings({ found }: { readonly found: AnswerOf<'verifyAudit'> }) {
  const { entries, chains, removed, unknown, holes } = found;
  const isWhole = holes.length === 0;
  return (
    <Alert
      color={isWhole ? 'teal' : 'red'}
      title={isWhole ? 'Nothing was changed or taken out' : 'The audit is not whole'}
      role="status"
    >
      {entries} entries in {chains} chains; {removed} went by age; of {unknown} nobody knows what came of them.
      <List size="sm">
        {holes.map(({ chain, number, sentence }) => (
          <List.Item key={`${chain} ${number}`}>{sentence}</List.Item>
        ))}
      </List>
    </Alert>
  );
}
