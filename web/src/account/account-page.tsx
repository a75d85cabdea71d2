// What a person looks after themselves: who they are, their password, where they are signed in, their tokens.
import { SimpleGrid, Stack } from '@mantine/core';
import { useMe } from '../api/use-me.ts';
import { PageTitle } from '../shown/page-title.tsx';
import { MySessions } from './my-sessions.tsx';
import { MyTokens } from './my-tokens.tsx';
import { PasswordForm } from './password-form.tsx';
import { ProfileForm } from './profile-form.tsx';

/** The viewer's own account. */
export function AccountPage() {
  const me = useMe().data;
  if (!me) return null;
  const role = me.administrator ? 'an administrator' : rolesOf(me.access.projects);
  return (
    <>
      <PageTitle title="Your account" about={`You are signed in as ${me.name}, ${role}.`} />
      <Stack gap="xl">
        <SimpleGrid cols={{ base: 1, md: 2 }} spacing="xl" verticalSpacing="xl">
          <ProfileForm key={me.name} me={me} />
          <PasswordForm name={me.name} />
        </SimpleGrid>
        <MySessions />
        <MyTokens />
      </Stack>
    </>
  );
}

function rolesOf(projects: Readonly<Record<string, unknown>>): string {
  const names = Object.keys(projects);
  return names.length === 0 ? 'in no project yet' : `with a role in ${names.join(', ')}`;
}
