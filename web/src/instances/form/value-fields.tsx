// What an algorithm is given: parameters, secrets, environment variables.
import { MultiSelect, Stack } from '@mantine/core';
import { useAnswer } from '../../api/use-answer.ts';
import { useRights } from '../../api/use-me.ts';
import { useProjectOf } from '../../api/use-project-of.ts';
import { Section } from '../../shown/section.tsx';
import type { ChangeDraft, InstanceDraft } from '../instance-draft.ts';
import { PairRows } from '../pair-rows.tsx';
import { useProblemAt } from '../use-problem-at.ts';

interface Fields {
  readonly draft: InstanceDraft;
  readonly onChange: ChangeDraft;
}

/** Names with values. */
export function ValueFields({ draft, onChange }: Fields) {
  const { parameters = {}, environment = {} } = draft;
  const problemAt = useProblemAt();
  const texts = Object.fromEntries(Object.entries(parameters).map(([key, value]) => [key, String(value)]));
  return (
    <Section title="With what">
      <Stack gap="md">
        <PairRows
          label="Parameters"
          about="Values that its code reads."
          keyLabel="Name"
          pairs={texts}
          empty="None."
          errorOf={(key) => problemAt(`$.parameters.${key}`)}
          onChange={(given) => onChange({ parameters: given })}
        />
        <SecretField {...{ draft, onChange }} />
        <PairRows
          label="Environment variables"
          about="Over those of the package."
          keyLabel="Name"
          pairs={environment}
          empty="None."
          errorOf={(key) => problemAt(`$.environment.${key}`)}
          onChange={(given) => onChange({ environment: given })}
        />
      </Stack>
    </Section>
  );
}

function SecretField({ draft: { application = '', secrets = [] }, onChange }: Fields) {
  const problemAt = useProblemAt();
  const may = useRights().here('secrets:read', useProjectOf()(application));
  const known = useAnswer(
    'listSecrets',
    { params: { application } },
    { everyMs: false, enabled: may && application !== '' },
  );
  const names = known.data?.items.map(({ name }) => name) ?? [];
  return (
    <MultiSelect
      label="Secrets"
      description="Of its application; each is given to its tasks as a file that only they can read."
      searchable
      data={[...new Set([...names, ...secrets])]}
      value={[...secrets]}
      error={problemAt('$.secrets')}
      nothingFoundMessage="The application has no secrets. A developer adds them on its page."
      onChange={(next) => onChange({ secrets: next })}
    />
  );
}
