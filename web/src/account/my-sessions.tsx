// Where the viewer is signed in.
import { Badge, Button, Text } from '@mantine/core';
import { useAct } from '../api/use-act.ts';
import { useAnswer } from '../api/use-answer.ts';
import { askFirst } from '../shown/ask-first.tsx';
import { DataTable } from '../shown/data-table.tsx';
import { Section } from '../shown/section.tsx';
import { When } from '../shown/when.tsx';
import { browserOf } from './browser-of.ts';

/** The viewer's sessions, which they may end. */
export function MySessions() {
  const sessions = useAnswer('listMySessions');
  const end = useAct('endMySession', { done: () => 'The session ended.' });
  const ask = (id: string, where: string) =>
    askFirst({
      title: 'End this session?',
      what: `Whoever uses ${where} has to sign in again.`,
      act: 'End it',
      onYes: () => end.mutate({ params: { session: id } }),
    });
  return (
    <Section title="Where you are signed in" about="End what you do not know, and change your password then.">
      <DataTable
        caption="Your sessions"
        rows={sessions.data?.items}
        error={sessions.error}
        rowKey={({ id }) => id}
        empty="You are signed in nowhere: a token asks."
        columns={[
          {
            label: 'Browser',
            render: ({ agent, current }) => (
              <>
                <Text span inherit title={agent}>
                  {browserOf(agent)}
                </Text>{' '}
                {current && (
                  <Badge size="sm" variant="light">
                    this one
                  </Badge>
                )}
              </>
            ),
          },
          { label: 'From', render: ({ address }) => address },
          { label: 'Signed in', render: ({ createdAt }) => <When at={createdAt} /> },
          { label: 'Last seen', render: ({ seenAt }) => <When at={seenAt} /> },
          { label: 'Ends', render: ({ expiresAt }) => <When at={expiresAt} /> },
          {
            label: '',
            render: ({ id, current, agent }) =>
              !current && (
                <Button size="compact-xs" variant="default" onClick={() => ask(id, browserOf(agent))}>
                  End
                </Button>
              ),
          },
        ]}
      />
    </Section>
  );
}
