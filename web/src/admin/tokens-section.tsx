// All tokens: people's, and those that belong to nobody.
import { Button, Code } from '@mantine/core';
import { useState } from 'react';
import { PLATFORM_PERMISSIONS, PROJECT_PERMISSIONS } from '../../../src/model/permission.ts';
import { NewTokenDialog } from '../account/new-token-dialog.tsx';
import { TokenTable } from '../account/token-table.tsx';
import { useAct } from '../api/use-act.ts';
import { useAnswer } from '../api/use-answer.ts';
import { usePages } from '../api/use-pages.ts';
import { Section } from '../shown/section.tsx';
import { ShownOnce } from '../shown/shown-once.tsx';

/** Tokens as administrators see them. */
export function TokensSection() {
  const tokens = usePages('listTokens');
  const projects = useAnswer('listProjects', {}, { everyMs: false });
  const [asking, setAsking] = useState(false);
  const make = useAct('makeToken', { after: () => setAsking(false), showsError: true });
  const revoke = useAct('revokeToken', { done: () => 'The token is revoked.' });
  return (
    <Section
      title="Tokens"
      about="For programs. A person's token gives what the person may; a token of nobody stands for itself."
      actions={<Button onClick={() => setAsking(true)}>Make a token of nobody</Button>}
    >
      {make.data && (
        <ShownOnce title={`The token ${make.data.name}`} value={make.data.token}>
          Copy it now: it is not shown again. Programs send it as <Code>Authorization: Bearer …</Code>
        </ShownOnce>
      )}
      <TokenTable
        {...tokens}
        caption="Tokens"
        owners
        empty="There are no tokens."
        onRevoke={(token) => revoke.mutate({ params: { token } })}
      />
      <NewTokenDialog
        opened={asking}
        onClose={() => setAsking(false)}
        permissions={[...PROJECT_PERMISSIONS, ...PLATFORM_PERMISSIONS]}
        projects={projects.data?.items.map(({ name }) => name) ?? []}
        all="Everything"
        make={make}
      />
    </Section>
  );
}
