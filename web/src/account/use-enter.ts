// What happens once somebody is signed in: nothing of another viewer stays, and the page that they wanted opens.
import { useRouter } from '@tanstack/react-router';
import { useCallback } from 'react';
import type { AnswerOf } from '../../../src/api/contract/answers.ts';
import { QUERIES } from '../queries.ts';

/** Lets a person in: to a page of this console, or to the overview. */
export function useEnter(to: string = '/'): (me: AnswerOf<'me'>) => void {
  const { history } = useRouter();
  return useCallback(
    (me) => {
      QUERIES.clear();
      QUERIES.setQueryData(['me', {}], me);
      history.replace(isHere(to) ? to : '/');
    },
    [history, to],
  );
}

/** A path of this console and not, as `//elsewhere` is, the address of another place. */
function isHere(to: string): boolean {
  return /^\/(?![/\\])/.test(to);
}
