// What is wrong with a field of the form: what the platform says of its place in the file.
import { createContext, useContext } from 'react';
import type { AnsweredProblem } from '../api/answered-error.ts';

/** The problems that fields show. */
export const ProblemsContext = createContext<readonly AnsweredProblem[]>([]);

/** Gives the words for a place such as `$.schedule.expression`, with everything within it. */
export function useProblemAt(): (path: string) => string | undefined {
  const problems = useContext(ProblemsContext);
  return (path) => {
    const own = problems.filter((problem) => isWithin(problem.path, path));
    return own.length === 0 ? undefined : own.map(words).join('. ');
  };
}

function words({ found, expected }: AnsweredProblem): string {
  return found === 'nothing' ? `To be filled in: ${expected}` : `Found ${found}; expected: ${expected}`;
}

function isWithin(path: string, outer: string): boolean {
  return path === outer || path.startsWith(`${outer}.`) || path.startsWith(`${outer}[`);
}
