// The secrets of an application: names and ages. A value goes in and is never shown again.
import { Code } from '@mantine/core';
import { useAct } from '../api/use-act.ts';
import { useAnswer } from '../api/use-answer.ts';
import { SecretList } from '../shown/secret-list.tsx';
import { Section } from '../shown/section.tsx';

interface Shown {
  readonly application: string;
  readonly mayWrite: boolean;
}

/** Names of secrets, which may be given and removed. */
export function ApplicationSecrets({ application, mayWrite }: Shown) {
  const params = { application };
  const secrets = useAnswer('listSecrets', { params });
  const put = useAct('putSecret', {
    showsError: true,
    done: ({ name }) => `The secret ${name} is kept. Running tasks that name it see it in a moment.`,
  });
  const remove = useAct('removeSecret', { done: ({ removed }) => `The secret ${removed} is gone.` });
  return (
    <Section
      title="Secrets"
      about={
        <>
          Passwords and keys for its algorithms, which read them by <Code>berth.secret("name")</Code>. Values are
          sealed, and nobody can read them here.
        </>
      }
    >
      <SecretList
        secrets={secrets.data?.items}
        error={secrets.error}
        empty="It has no secrets."
        acts={mayWrite ? { put, remove, params } : null}
      />
    </Section>
  );
}
