// People: invited, given roles, shut out.
import { Alert, Button, Code, Stack } from '@mantine/core';
import { useState } from 'react';
import type { AnswerOf, ItemOf } from '../../../src/api/contract/answers.ts';
import { useAct } from '../api/use-act.ts';
import { usePages } from '../api/use-pages.ts';
import { Section } from '../shown/section.tsx';
import { ShownOnce } from '../shown/shown-once.tsx';
import { When } from '../shown/when.tsx';
import { AccessDialog } from './access-dialog.tsx';
import { PeopleTable } from './people-table.tsx';
import { PersonDialog } from './person-dialog.tsx';

/** A person as the platform answers it. */
export type Person = ItemOf<'listUsers'>;

interface Invited {
  readonly name: string;
  readonly answer: AnswerOf<'inviteUser'>;
}

/** All people, with what administrators do about them. */
export function PeopleSection() {
  const people = usePages('listUsers', { query: { limit: 100 } });
  const [adding, setAdding] = useState(false);
  const [changing, setChanging] = useState<string | null>(null);
  const [invited, setInvited] = useState<Invited | null>(null);
  const inviting = useAct('inviteUser');
  const invite = (name: string, by: 'mail' | 'link') =>
    inviting.mutate({ params: { user: name }, body: { by } }, { onSuccess: (answer) => setInvited({ name, answer }) });
  const changed = people.rows?.find(({ name }) => name === changing);
  return (
    <Section
      title="People"
      about="Who may sign in, and what they are in each project. There is no open sign-up: people are invited."
      actions={<Button onClick={() => setAdding(true)}>Invite somebody</Button>}
    >
      <Stack gap="md">
        {invited && <InvitedNote {...invited} />}
        <PeopleTable people={people} onInvite={invite} onAccess={setChanging} />
      </Stack>
      <PersonDialog opened={adding} onClose={() => setAdding(false)} onAdded={invite} />
      {changed && <AccessDialog key={changed.name} person={changed} onClose={() => setChanging(null)} />}
    </Section>
  );
}

function InvitedNote({ name, answer: { mailed, link, expiresAt } }: Invited) {
  if (link !== null)
    return (
      <ShownOnce title={`The link for ${name}`} value={link}>
        Give it to {name} and to nobody else: whoever opens it sets the password. It works once, is not shown again, and
        ends <When at={expiresAt} />.
      </ShownOnce>
    );
  return (
    <Alert
      color={mailed ? 'teal' : 'yellow'}
      title={mailed ? `A link was mailed to ${name}` : 'No link was made'}
      role="status"
    >
      {mailed ? (
        <>
          It works once and ends <When at={expiresAt} />.
        </>
      ) : (
        <>
          Try again, or use <Code>berth user invite {name}</Code>.
        </>
      )}
    </Alert>
  );
}
