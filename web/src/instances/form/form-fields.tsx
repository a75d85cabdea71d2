// The form of an instance file, part by part.
import { Stack } from '@mantine/core';
import type { ChangeDraft, InstanceDraft } from '../instance-draft.ts';
import { BindingFields } from './binding-fields.tsx';
import { IdentityFields } from './identity-fields.tsx';
import { NoticeFields } from './notice-fields.tsx';
import { PlaceFields } from './place-fields.tsx';
import { PolicyFields } from './policy-fields.tsx';
import { ScheduleFields } from './schedule-fields.tsx';
import { useAlgorithm } from './use-algorithm.ts';
import { ValueFields } from './value-fields.tsx';

interface Form {
  readonly draft: InstanceDraft;
  /** Of an instance that is there, name, application and algorithm stay. */
  readonly isNew: boolean;
  readonly onChange: ChangeDraft;
}

/** All of the form. */
export function FormFields({ draft, isNew, onChange }: Form) {
  const { algorithm, packages } = useAlgorithm(draft);
  const part = { draft, onChange };
  return (
    <Stack gap="xl" component="form" onSubmit={(event) => event.preventDefault()} aria-label="Instance">
      <IdentityFields {...part} isNew={isNew} packages={packages} />
      <ScheduleFields {...part} />
      {algorithm && <BindingFields key={algorithm.id} {...part} algorithm={algorithm} />}
      <PlaceFields {...part} />
      <ValueFields {...part} />
      <NoticeFields {...part} kinds={algorithm?.actions ?? []} steers={(algorithm?.controls.length ?? 0) > 0} />
      <PolicyFields {...part} />
    </Stack>
  );
}
