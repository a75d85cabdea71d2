// What an instance is: its name, and what of which application it runs.
import { Select, SimpleGrid, TextInput } from '@mantine/core';
import { useAnswer } from '../../api/use-answer.ts';
import { useRights } from '../../api/use-me.ts';
import { Section } from '../../shown/section.tsx';
import type { ChangeDraft, InstanceDraft } from '../instance-draft.ts';
import { useProblemAt } from '../use-problem-at.ts';
import type { Package } from './use-algorithm.ts';

interface Fields {
  readonly draft: InstanceDraft;
  readonly isNew: boolean;
  readonly packages: readonly Package[];
  readonly onChange: ChangeDraft;
}

/** Name, application, algorithm, package. */
export function IdentityFields({ draft, isNew, packages, onChange }: Fields) {
  const problemAt = useProblemAt();
  const rights = useRights();
  const { data } = useAnswer('listApplications', { query: { limit: 1000 } }, { everyMs: false });
  const applications = (data?.items ?? []).filter(({ project }) => rights.here('instances:write', project));
  const names = applications.map(({ name }) => name);
  const algorithms = (packages[0]?.algorithms ?? []).map(({ id, name }) => ({ value: id, label: `${name} (${id})` }));
  return (
    <Section title="What runs">
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
        <TextInput
          label="Name"
          description="Lower-case letters, digits and dashes."
          required
          disabled={!isNew}
          value={draft.name ?? ''}
          error={problemAt('$.name')}
          onChange={({ currentTarget }) => onChange({ name: currentTarget.value })}
        />
        <Select
          label="Application"
          description="What was pushed."
          required
          searchable
          disabled={!isNew}
          data={withOwn(names, draft.application)}
          value={draft.application ?? null}
          error={problemAt('$.application')}
          onChange={(application) =>
            onChange({
              application: application ?? undefined,
              algorithm: undefined,
              package: undefined,
              bindings: undefined,
            })
          }
        />
        <Select
          label="Algorithm"
          description="What of it runs."
          required
          disabled={!isNew || draft.application === undefined}
          data={algorithms}
          value={draft.algorithm ?? null}
          error={problemAt('$.algorithm')}
          onChange={(algorithm) => onChange({ algorithm: algorithm ?? undefined, bindings: undefined })}
        />
        <PackageField {...{ draft, packages, onChange }} />
      </SimpleGrid>
    </Section>
  );
}

function PackageField({ draft, packages, onChange }: Omit<Fields, 'isNew'>) {
  const problemAt = useProblemAt();
  const { package: wanted = 'current' } = draft;
  const chosen = packages.find(({ id, version }) => id === wanted || version === wanted || id.startsWith(wanted));
  const options = packages.map(({ id, version }) => ({ value: id, label: `always ${version} (${id.slice(0, 12)})` }));
  return (
    <Select
      label="Package"
      description="Whether it follows the application."
      allowDeselect={false}
      data={[{ value: 'current', label: 'the current one, whichever that is' }, ...options]}
      value={wanted === 'current' ? 'current' : (chosen?.id ?? null)}
      error={problemAt('$.package')}
      onChange={(id) => onChange({ package: id === null || id === 'current' ? undefined : id })}
    />
  );
}

/** What stands in the file is shown even where it is not in the list. */
function withOwn(names: readonly string[], own: string | undefined): string[] {
  return own === undefined || names.includes(own) ? [...names] : [own, ...names];
}
