// The way in, and the way to a new password.
import { Alert, Anchor, Button, Code, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useAct } from '../api/use-act.ts';
import { useAnswer } from '../api/use-answer.ts';
import { ErrorPanel } from '../shown/error-panel.tsx';
import { DoorLayout } from './door-layout.tsx';
import { useEnter } from './use-enter.ts';

const SELDOM_MS = 60_000;

/** Signs a person in. */
export function SignInPage() {
  const door = useAnswer('door', {}, { everyMs: SELDOM_MS });
  const [forgotten, setForgotten] = useState(false);
  if (door.data && !door.data.claimed) return <Unclaimed />;
  if (forgotten) return <AskForPassword mail={door.data?.mail ?? true} onBack={() => setForgotten(false)} />;
  return (
    <DoorLayout title="Sign in">
      {door.error && <ErrorPanel error={door.error} />}
      <SignInForm />
      <Anchor component="button" type="button" size="sm" onClick={() => setForgotten(true)}>
        I do not know my password
      </Anchor>
    </DoorLayout>
  );
}

function SignInForm() {
  const { to } = useSearch({ strict: false }) as { readonly to?: unknown };
  const enter = useEnter(typeof to === 'string' ? to : '/');
  const signIn = useAct('signIn', { after: enter, showsError: true });
  const form = useForm({ initialValues: { name: '', password: '' } });
  const submit = form.onSubmit((body) => signIn.mutate({ body }));
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <TextInput label="User name" autoComplete="username" autoFocus required {...form.getInputProps('name')} />
        <PasswordInput label="Password" autoComplete="current-password" required {...form.getInputProps('password')} />
        {signIn.error && <ErrorPanel error={signIn.error} />}
        <Button type="submit" loading={signIn.isPending} mt="xs">
          Sign in
        </Button>
      </Stack>
    </form>
  );
}

function AskForPassword({ mail, onBack }: { readonly mail: boolean; readonly onBack: () => void }) {
  const ask = useAct('askReset', { showsError: true });
  const form = useForm({ initialValues: { name: '' } });
  return (
    <DoorLayout title="A new password">
      {!mail && (
        <Text size="sm">
          This platform cannot send e-mail. Ask an administrator for a link that sets a new password; on the command
          line they get it with <Code>berth user invite</Code>.
        </Text>
      )}
      {mail && ask.data && (
        <Alert color="teal" title="Look into your mailbox" role="status">
          If there is an account of that name with an e-mail address, a link is on its way. It works once.
        </Alert>
      )}
      {mail && !ask.data && (
        <form onSubmit={form.onSubmit((body) => ask.mutate({ body }))}>
          <Stack gap="sm">
            <TextInput label="User name" autoComplete="username" autoFocus required {...form.getInputProps('name')} />
            {ask.error && <ErrorPanel error={ask.error} />}
            <Button type="submit" loading={ask.isPending}>
              Send me a link
            </Button>
          </Stack>
        </form>
      )}
      <Anchor component="button" type="button" size="sm" onClick={onBack}>
        Back to signing in
      </Anchor>
    </DoorLayout>
  );
}

function Unclaimed() {
  return (
    <DoorLayout title="Nobody has claimed this platform yet">
      <Text size="sm">
        When it was started it printed a link that works once: open it to become the first administrator. A new start
        prints a new one.
      </Text>
    </DoorLayout>
  );
}
