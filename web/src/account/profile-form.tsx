// What others see of the viewer, and where notices reach them.
import { Button, Card, Checkbox, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import type { AnswerOf } from '../../../src/api/contract/answers.ts';
import { useAct } from '../api/use-act.ts';
import { ErrorPanel } from '../shown/error-panel.tsx';
import { Section } from '../shown/section.tsx';

/** Name and e-mail of the viewer. */
export function ProfileForm({ me }: { readonly me: AnswerOf<'me'> }) {
  const change = useAct('changeMe', { done: () => 'Your account is changed.', showsError: true });
  const form = useForm({
    initialValues: { displayName: me.displayName, email: me.email ?? '', mailsNotices: me.mailsNotices },
  });
  const submit = form.onSubmit(({ email, ...rest }) =>
    change.mutate({ body: { ...rest, email: email.trim() || null } }),
  );
  return (
    <Section title="Who you are">
      <Card withBorder>
        <form onSubmit={submit}>
          <Stack gap="sm">
            <TextInput label="Your name" autoComplete="name" required {...form.getInputProps('displayName')} />
            <TextInput label="E-mail" type="email" autoComplete="email" {...form.getInputProps('email')} />
            <Checkbox
              label="Send me notices by e-mail too"
              disabled={form.values.email.trim() === ''}
              {...form.getInputProps('mailsNotices', { type: 'checkbox' })}
            />
            {change.error && <ErrorPanel error={change.error} />}
            <Button type="submit" w="fit-content" loading={change.isPending} disabled={!form.isDirty()}>
              Save
            </Button>
          </Stack>
        </form>
      </Card>
    </Section>
  );
}
