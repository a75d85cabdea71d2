// The first administrator: whoever has the link that the first start printed.
import { Alert, Button, Code, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useState } from 'react';
import { useAct } from '../api/use-act.ts';
import { ErrorPanel } from '../shown/error-panel.tsx';
import { DoorLayout } from './door-layout.tsx';
import { NewPasswordFields, NO_PASSWORD, PASSWORD_CHECKS } from './new-password-fields.tsx';
import { secretOfLink } from './secret-of-link.ts';
import { useEnter } from './use-enter.ts';

/** Makes the first administrator. */
export function ClaimPage() {
  const [secret] = useState(secretOfLink);
  return (
    <DoorLayout title="Claim this platform" about="You become its first administrator. The link works once.">
      {secret === '' ? <NoSecret /> : <ClaimForm secret={secret} />}
    </DoorLayout>
  );
}

function ClaimForm({ secret }: { readonly secret: string }) {
  const enter = useEnter();
  const claim = useAct('claim', { after: enter, showsError: true });
  const form = useForm({
    initialValues: { name: '', displayName: '', email: '', ...NO_PASSWORD },
    validate: {
      ...PASSWORD_CHECKS,
      name: (name) => (/^[a-z][a-z0-9._-]*$/.test(name) ? null : 'Small letters, digits, dots and dashes.'),
      displayName: (name) => (name.trim() === '' ? 'What should others see?' : null),
    },
  });
  const submit = form.onSubmit(({ name, displayName, email, password }) =>
    claim.mutate({ body: { secret, name, displayName, email: email.trim() || null, password } }),
  );
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="sm">
        <TextInput
          label="User name"
          description="With it you sign in, such as ana."
          autoComplete="username"
          autoFocus
          required
          {...form.getInputProps('name')}
        />
        <TextInput label="Your name" autoComplete="name" required {...form.getInputProps('displayName')} />
        <TextInput
          label="E-mail"
          description="For a new password and for notices; may stay empty."
          type="email"
          autoComplete="email"
          {...form.getInputProps('email')}
        />
        <NewPasswordFields form={form} />
        {claim.error && <ErrorPanel error={claim.error} />}
        <Button type="submit" loading={claim.isPending} mt="xs">
          Claim and sign in
        </Button>
      </Stack>
    </form>
  );
}

function NoSecret() {
  return (
    <Alert color="yellow" title="The link is incomplete">
      Open the whole link that the platform printed when it was started. It ends with a <Code>#</Code> and a long word.
      Start the platform again for a new one.
    </Alert>
  );
}
