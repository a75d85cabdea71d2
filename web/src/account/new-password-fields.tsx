// A new password, typed twice.
import { PasswordInput } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';

/** The fields of a form that sets a password. */
export interface NewPassword {
  readonly password: string;
  readonly again: string;
}

/** The least length that the platform takes; it says itself what else it refuses. */
const LEAST_LENGTH = 12;

/** Empty fields. */
export const NO_PASSWORD: NewPassword = { password: '', again: '' };

/** What is checked before anything is sent. */
export const PASSWORD_CHECKS = {
  password: (password: string) => (password.length < LEAST_LENGTH ? `At least ${LEAST_LENGTH} characters.` : null),
  again: (again: string, { password }: NewPassword) => (again === password ? null : 'This is not the same.'),
};

/** Two inputs for a password. */
export function NewPasswordFields<V extends NewPassword>({ form }: { readonly form: UseFormReturnType<V> }) {
  return (
    <>
      <PasswordInput
        label="New password"
        description={`At least ${LEAST_LENGTH} characters: a few words are good.`}
        autoComplete="new-password"
        required
        {...form.getInputProps('password')}
      />
      <PasswordInput label="The same again" autoComplete="new-password" required {...form.getInputProps('again')} />
    </>
  );
}
