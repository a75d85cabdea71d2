// Something that a person does on a page: sent once, told when it is done, told with its remedy when it is not.
import { notifications } from '@mantine/notifications';
import { type UseMutationResult, useMutation, useQueryClient } from '@tanstack/react-query';
import type { AnswerOf } from '../../../src/api/contract/answers.ts';
import type { RouteName } from '../../../src/api/contract/endpoints.ts';
import type { AnsweredError } from './answered-error.ts';
import { type Call, call } from './call.ts';

/** What happens around an act. */
interface Around<N extends RouteName> {
  /** Told when it is done; absent: nothing is told. */
  readonly done?: (answer: AnswerOf<N>) => string;
  readonly after?: (answer: AnswerOf<N>) => void;
  /** True: the page shows the error itself, where it belongs. */
  readonly showsError?: boolean;
}

/** An act by a route that changes something; what pages show is asked for again afterwards. */
export function useAct<N extends RouteName>(
  name: N,
  { done, after, showsError = false }: Around<N> = {},
): UseMutationResult<AnswerOf<N>, AnsweredError, Call> {
  const queries = useQueryClient();
  return useMutation<AnswerOf<N>, AnsweredError, Call>({
    mutationFn: (asked) => call(name, asked),
    onSuccess: async (answer) => {
      if (done) notifications.show({ message: done(answer) });
      // First: what was removed is asked for no more by a page that was left.
      after?.(answer);
      await queries.invalidateQueries();
    },
    onError: (error) => {
      if (showsError) return;
      notifications.show({ color: 'red', title: error.message, message: error.remedy, autoClose: 12_000 });
    },
  });
}
