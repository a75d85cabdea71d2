// The platform's own secrets, for channels and providers.
import { Button, Code } from '@mantine/core';
import { useAct } from '../api/use-act.ts';
import { useAnswer } from '../api/use-answer.ts';
import { useRights } from '../api/use-me.ts';
import { askFirst } from '../shown/ask-first.tsx';
import { SecretList } from '../shown/secret-list.tsx';
import { Section } from '../shown/section.tsx';

/** Secrets of the platform, and the key that seals all secrets. */
export function SecretsSection() {
  const secrets = useAnswer('listPlatformSecrets');
  const may = useRights().here('platform-secrets:write');
  const put = useAct('putPlatformSecret', { done: ({ name }) => `The secret ${name} is kept.`, showsError: true });
  const remove = useAct('removePlatformSecret', { done: ({ removed }) => `The secret ${removed} is removed.` });
  const renew = useAct('renewSecretKey', {
    done: ({ resealed, unreadable }) => `Sealed with the new key: ${resealed}. Not to be opened: ${unreadable}.`,
  });
  const ask = () =>
    askFirst({
      title: 'Renew the key of all secrets?',
      what: 'A new key is made and every secret, of applications too, is sealed with it. Values stay as they are; keep the new key file with your next backup.',
      act: 'Renew',
      onYes: () => renew.mutate({}),
    });
  return (
    <Section
      title="Secrets of the platform"
      about={
        <>
          Channels and providers name them as <Code>secret:NAME</Code>. Secrets of applications stand with the
          application.
        </>
      }
      actions={
        may && (
          <Button variant="default" loading={renew.isPending} onClick={ask}>
            Renew the key
          </Button>
        )
      }
    >
      <SecretList
        secrets={secrets.data?.items}
        error={secrets.error}
        empty="There are none. Add one here, or with berth secret set --platform."
        acts={may ? { put, remove, params: {} } : null}
      />
    </Section>
  );
}
