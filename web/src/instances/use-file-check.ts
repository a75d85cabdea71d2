// What the platform says of an instance file while somebody writes it: its next occurrences, or every problem.
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { AnswerOf } from '../../../src/api/contract/answers.ts';
import type { AnsweredError, AnsweredProblem } from '../api/answered-error.ts';
import { call } from '../api/call.ts';
import { useAnswer } from '../api/use-answer.ts';

/** Waited after a stroke of a key. */
const PAUSE_MS = 400;
const COUNT = 10;
const SECOND_MS = 1_000;
const HOUR_MS = 3_600_000;
/** How far ahead collisions are looked for: the shortest that holds what is shown, up to a month. */
const HOURS = [24, 24 * 7, 24 * 31] as const;
const MOST_OCCURRENCES = 10_000;

/** What is known of a file. */
export interface FileCheck {
  readonly preview: AnswerOf<'previewFile'> | null;
  readonly problems: readonly AnsweredProblem[];
  /** Why it could not be checked at all; null: it was. */
  readonly failure: AnsweredError | null;
  readonly isChecking: boolean;
}

/** Instance files are sent as they are written: JSON is found by its first bracket. */
export const FILE_TYPE = 'application/yaml';

/** Checks a file a moment after it was changed. */
export function useFileCheck(text: string): FileCheck {
  const [settled] = useDebouncedValue(text, PAUSE_MS);
  const { data, error, isFetching } = useQuery<AnswerOf<'previewFile'>, AnsweredError>({
    queryKey: ['previewFile', settled],
    queryFn: ({ signal }) =>
      call('previewFile', { query: { count: COUNT }, file: { type: FILE_TYPE, contents: settled }, signal }),
    enabled: settled.trim() !== '',
    retry: false,
    placeholderData: keepPreviousData,
    gcTime: 60_000,
  });
  const problems = error?.problems ?? [];
  return {
    preview: error ? null : (data ?? null),
    problems,
    failure: error && problems.length === 0 ? error : null,
    isChecking: isFetching || settled !== text,
  };
}

/** Another instance whose jobs begin in the same seconds as those of the file. */
export interface Clash {
  readonly instance: string;
  readonly first: string;
  /** Of the occurrences that are shown. */
  readonly count: number;
}

/** Instances that the viewer may see whose jobs begin in the same second as occurrences of a file. */
export function useClashes(preview: FileCheck['preview']): readonly Clash[] {
  const last = preview?.occurrences.at(-1);
  const ahead = last ? (Date.parse(last.startsAt) - Date.now()) / HOUR_MS : 0;
  const hours = HOURS.find((each) => each >= ahead) ?? HOURS[2];
  const { data } = useAnswer(
    'previewSchedules',
    { query: { hours, limit: MOST_OCCURRENCES } },
    { everyMs: false, enabled: last !== undefined },
  );
  if (!preview || !data) return [];
  const seconds = new Set(preview.occurrences.map(({ startsAt }) => secondOf(startsAt)));
  const others = data.occurrences.filter(
    ({ instance, note, startsAt }) => instance !== preview.instance && note === null && seconds.has(secondOf(startsAt)),
  );
  const byInstance = Map.groupBy(others, ({ instance }) => instance);
  return [...byInstance].map(([instance, own]) => ({ instance, first: own[0]?.startsAt ?? '', count: own.length }));
}

function secondOf(at: string): number {
  return Math.floor(Date.parse(at) / SECOND_MS);
}
