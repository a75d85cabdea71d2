// Tokens by which the viewer's programs speak to the platform.
import { Button, Code } from '@mantine/core';
import { useState } from 'react';
import { PLATFORM_PERMISSIONS, PROJECT_PERMISSIONS } from '../../../src/model/permission.ts';
import { useAct } from '../api/use-act.ts';
import { useAnswer } from '../api/use-answer.ts';
import { useMe, useRights } from '../api/use-me.ts';
import { Section } from '../shown/section.tsx';
import { ShownOnce } from '../shown/shown-once.tsx';
import { NewTokenDialog } from './new-token-dialog.tsx';
import { TokenTable } from './token-table.tsx';

/** The viewer's tokens: made, shown once, revoked. */
export function MyTokens() {
  const me = useMe().data;
  const rights = useRights();
  const tokens = useAnswer('listMyTokens');
  const [asking, setAsking] = useState(false);
  const make = useAct('makeMyToken', { after: () => setAsking(false), showsError: true });
  const revoke = useAct('revokeMyToken', { done: () => 'The token is revoked.' });
  const mine = [...PROJECT_PERMISSIONS, ...PLATFORM_PERMISSIONS].filter((permission) => rights.anywhere(permission));
  const projects = Object.keys(me?.access.projects ?? {});
  return (
    <Section
      title="Your tokens"
      about="For the command line and for your programs. A token never does more than you may at the time."
      actions={<Button onClick={() => setAsking(true)}>Make a token</Button>}
    >
      {make.data && (
        <ShownOnce title={`The token ${make.data.name}`} value={make.data.token}>
          Copy it now: it is not shown again. The command line takes it with <Code>berth login</Code>.
        </ShownOnce>
      )}
      <TokenTable
        caption="Your tokens"
        rows={tokens.data?.items}
        error={tokens.error}
        empty="You have no tokens."
        onRevoke={(token) => revoke.mutate({ params: { token } })}
      />
      <NewTokenDialog
        opened={asking}
        onClose={() => setAsking(false)}
        permissions={mine}
        projects={projects}
        all="Everything that I may do"
        make={make}
      />
    </Section>
  );
}
