// A link that lets a person set a password: the first one, or a new one.
import { Alert, Button, Skeleton, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { AnswerOf } from '../../../src/api/contract/answers.ts';
import { call } from '../api/call.ts';
import { useAct } from '../api/use-act.ts';
import { ErrorPanel } from '../shown/error-panel.tsx';
import { When } from '../shown/when.tsx';
import { DoorLayout } from './door-layout.tsx';
import { NewPasswordFields, NO_PASSWORD, PASSWORD_CHECKS } from './new-password-fields.tsx';
import { secretOfLink } from './secret-of-link.ts';
import { useEnter } from './use-enter.ts';

/** Sets a password by an invitation or a reset. */
export function InvitationPage() {
  const [secret] = useState(secretOfLink);
  const looked = useQuery({
    queryKey: ['invitation'],
    queryFn: ({ signal }) => call('lookAtInvitation', { body: { secret }, signal }),
    enabled: secret !== '',
    staleTime: 'static',
  });
  const isReset = looked.data?.purpose === 'reset';
  return (
    <DoorLayout title={isReset ? 'A new password' : 'Welcome'}>
      {secret === '' && <Incomplete />}
      {secret !== '' && looked.isPending && <Skeleton height={160} />}
      {looked.error && <ErrorPanel error={looked.error} />}
      {looked.data && <PasswordForm secret={secret} invitation={looked.data} />}
    </DoorLayout>
  );
}

interface Looked {
  readonly secret: string;
  readonly invitation: AnswerOf<'lookAtInvitation'>;
}

function PasswordForm({ secret, invitation: { displayName, user, expiresAt, purpose } }: Looked) {
  const enter = useEnter();
  const accept = useAct('acceptInvitation', { after: enter, showsError: true });
  const form = useForm({ initialValues: { ...NO_PASSWORD }, validate: PASSWORD_CHECKS });
  const submit = form.onSubmit(({ password }) => accept.mutate({ body: { secret, password } }));
  const word = purpose === 'reset' ? 'Choose a new password.' : 'Choose a password to enter.';
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="sm">
        <Text size="sm">
          {displayName ? `${displayName}: ` : ''}
          {word} The link ends <When at={expiresAt} />.
        </Text>
        <TextInput label="User name" value={user ?? ''} readOnly autoComplete="username" />
        <NewPasswordFields form={form} />
        {accept.error && <ErrorPanel error={accept.error} />}
        <Button type="submit" loading={accept.isPending} mt="xs">
          Set the password and sign in
        </Button>
      </Stack>
    </form>
  );
}

function Incomplete() {
  return (
    <Alert color="yellow" title="The link is incomplete">
      Open the whole link that you were sent, to its last letter, or ask an administrator for a new one.
    </Alert>
  );
}
