// One entry of the audit: who asked, and what it changed.
import { Code, SimpleGrid, Stack, Text } from '@mantine/core';
import { Facts } from '../shown/facts.tsx';
import { Section } from '../shown/section.tsx';
import styles from './audit-detail.module.css';
import type { AuditRow } from './audit-table.tsx';
import { comparedLines } from './compared-lines.ts';

/** The entry, with what stood before and after side by side. */
export function AuditDetail({ entry }: { readonly entry: AuditRow }) {
  const { outcome } = entry;
  return (
    <Stack gap="lg">
      <Facts
        facts={[
          ['Who', entry.who],
          ['By', entry.via ?? 'nothing: not signed in'],
          ['From', entry.from],
          ['About', entry.object ?? '–'],
          ['Project', entry.project ?? '–'],
          [
            'Answer',
            outcome === null ? 'unknown: the platform ended meanwhile' : `${outcome.status} ${outcome.code ?? ''}`,
          ],
          ['Chain', `${entry.chain}, number ${entry.number}`],
          ['Digest', <Code key="digest">{entry.digest}</Code>],
        ]}
      />
      {entry.asked && (
        <Section title="Asked">
          <Code block>{JSON.stringify(entry.asked, null, 2)}</Code>
        </Section>
      )}
      <BeforeAndAfter before={entry.before} after={outcome?.after ?? null} />
    </Stack>
  );
}

type State = AuditRow['before'];

function BeforeAndAfter({ before, after }: { readonly before: State; readonly after: State }) {
  if (before === null && after === null)
    return (
      <Text size="sm" c="dimmed">
        Nothing that is kept was there before or after.
      </Text>
    );
  const [left, right] = comparedLines(before, after);
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
      <Side title="Before" none="It was not there." lines={left} mark="−" tone={styles.gone} />
      <Side title="After" none="It is not there any more." lines={right} mark="+" tone={styles.come} />
    </SimpleGrid>
  );
}

interface Sided {
  readonly title: string;
  readonly none: string;
  readonly lines: ReturnType<typeof comparedLines>[0];
  readonly mark: string;
  readonly tone: string | undefined;
}

function Side({ title, none, lines, mark, tone }: Sided) {
  return (
    <Section title={title}>
      {lines.length === 0 ? (
        <Text size="sm" c="dimmed">
          {none}
        </Text>
      ) : (
        <pre className={styles.state}>
          {lines.map(({ path, value, isOther }) => (
            <div key={path} className={isOther ? tone : ''}>
              {isOther ? mark : ' '} {path}: {value}
            </div>
          ))}
        </pre>
      )}
    </Section>
  );
}
