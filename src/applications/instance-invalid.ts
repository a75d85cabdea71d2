// The one error of instance files.
import { BerthError, type Problem } from '../model/errors.ts';

/** An instance file does not fit: with every problem. */
export function instanceInvalid(problems: readonly Problem[]): BerthError {
  return new BerthError('instance.invalid', { count: problems.length, path: problems[0]?.path ?? '' }, { problems });
}
