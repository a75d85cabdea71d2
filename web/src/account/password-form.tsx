// The viewer's password.
import { Button, Card, PasswordInput, Stack } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useAct } from '../api/use-act.ts';
import { ErrorPanel } from '../shown/error-panel.tsx';
import { Section } from '../shown/section.tsx';
import { NewPasswordFields, NO_PASSWORD, PASSWORD_CHECKS } from './new-password-fields.tsx';

/** Changes the viewer's password; other sessions end. */
export function PasswordForm({ name }: { readonly name: string }) {
  const form = useForm({ initialValues: { old: '', ...NO_PASSWORD }, validate: PASSWORD_CHECKS });
  const change = useAct('changePassword', {
    done: ({ ended }) => `Your password is changed. ${ended} other session${ended === 1 ? '' : 's'} ended.`,
    after: () => form.reset(),
    showsError: true,
  });
  const submit = form.onSubmit(({ old, password }) => change.mutate({ body: { old, new: password } }));
  return (
    <Section title="Password">
      <Card withBorder>
        <form onSubmit={submit} noValidate>
          <Stack gap="sm">
            <input hidden value={name} autoComplete="username" readOnly />
            <PasswordInput
              label="Password until now"
              autoComplete="current-password"
              required
              {...form.getInputProps('old')}
            />
            <NewPasswordFields form={form} />
            {change.error && <ErrorPanel error={change.error} />}
            <Button type="submit" w="fit-content" loading={change.isPending}>
              Change the password
            </Button>
          </Stack>
        </form>
      </Card>
    </Section>
  );
}
