// Two packages of an application side by side: which files differ and how, and what that means for the configuration.
import { Group, Select, Skeleton, Stack, Text } from '@mantine/core';
import { useNavigate, useParams } from '@tanstack/react-router';
import type { AnswerOf } from '../../../src/api/contract/answers.ts';
import { useAnswer } from '../api/use-answer.ts';
import { ErrorPanel } from '../shown/error-panel.tsx';
import { PageTitle } from '../shown/page-title.tsx';
import { Section } from '../shown/section.tsx';
import { ChangedFiles } from './changed-files.tsx';
import { ConfigurationChanges } from './configuration-changes.tsx';
import { shortId } from './short-id.ts';

/** The two packages that the address names. */
export function ComparePage() {
  const { application = '', before = '', after = '' } = useParams({ strict: false });
  const compared = useAnswer('comparePackages', { params: { package: before, other: after } }, { everyMs: false });
  const to = `/applications/${encodeURIComponent(application)}`;
  return (
    <>
      <PageTitle
        title="Compare packages"
        about={`What is other in the second package of ${application}.`}
        above={[
          { to: '/applications', label: 'Applications' },
          { to, label: application },
        ]}
      />
      <Stack gap="xl">
        <Choice {...{ application, before, after }} />
        {compared.error && <ErrorPanel error={compared.error} />}
        {compared.data && <Compared comparison={compared.data} />}
        {compared.isPending && <Skeleton height={240} radius="md" />}
      </Stack>
    </>
  );
}

interface Chosen {
  readonly application: string;
  readonly before: string;
  readonly after: string;
}

function Choice({ application, before, after }: Chosen) {
  const { data } = useAnswer('showApplication', { params: { application } }, { everyMs: false });
  const go = useNavigate();
  const options = (data?.packages ?? []).map(({ id, version }) => ({
    value: id,
    label: `${version} (${shortId(id)})${id === data?.currentPackage ? ', current' : ''}`,
  }));
  const choose = (first: string, second: string) =>
    void go({
      to: '/applications/$application/compare/$before/$after',
      params: { application, before: first, after: second },
    });
  return (
    <Group grow align="flex-end" maw={720}>
      <Select
        label="From"
        data={options}
        value={before}
        allowDeselect={false}
        onChange={(id) => id && choose(id, after)}
      />
      <Select
        label="To"
        data={options}
        value={after}
        allowDeselect={false}
        onChange={(id) => id && choose(before, id)}
      />
    </Group>
  );
}

function Compared({ comparison }: { readonly comparison: AnswerOf<'comparePackages'> }) {
  const { files, unchanged, filesLeftOut, config } = comparison;
  const same = unchanged === 1 ? 'One file is the same.' : `${unchanged} files are the same.`;
  return (
    <>
      <Section title="Configuration" about="Values of the configuration files that differ, with their defaults.">
        <ConfigurationChanges changes={config} />
      </Section>
      <Section title="Files" about={same}>
        <ChangedFiles files={files} />
        {filesLeftOut > 0 && (
          <Text size="sm" c="dimmed">
            {filesLeftOut} more files differ; they are not listed.
          </Text>
        )}
      </Section>
    </>
  );
}
