// What the chosen algorithm declares, in the package that the instance would run.
import type { AnswerOf } from '../../../../src/api/contract/answers.ts';
import { useAnswer } from '../../api/use-answer.ts';
import type { InstanceDraft } from '../instance-draft.ts';

/** A package as the application's page has it. */
export type Package = AnswerOf<'showApplication'>['packages'][number];

/** An algorithm with what it declares. */
export type Algorithm = Package['algorithms'][number];

interface Chosen {
  readonly algorithm: Algorithm | undefined;
  readonly packages: readonly Package[];
}

/** The algorithm of a draft; undefined until it is known. */
export function useAlgorithm({ application = '', algorithm, package: wanted = 'current' }: InstanceDraft): Chosen {
  const { data } = useAnswer(
    'showApplication',
    { params: { application } },
    { everyMs: false, enabled: application !== '' },
  );
  const packages = data?.packages ?? [];
  const current = packages.find(({ id }) => id === data?.currentPackage);
  const named = packages.find(({ id, version }) => id.startsWith(wanted) || version === wanted);
  const run = wanted === 'current' ? current : named;
  return { algorithm: run?.algorithms.find(({ id }) => id === algorithm), packages: packagesFirst(current, packages) };
}

function packagesFirst(current: Package | undefined, all: readonly Package[]): readonly Package[] {
  return current ? [current, ...all.filter(({ id }) => id !== current.id)] : all;
}
