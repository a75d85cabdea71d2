// An error as a person reads it: what is wrong, each problem with its place, and what to do.
import { BerthError, type Problem } from '../model/errors.ts';
import { AnsweredError } from './api-client.ts';
import { plain } from './text-table.ts';

/** The lines that tell of an error. */
export function errorLines(error: unknown): string[] {
  if (!(error instanceof AnsweredError) && !(error instanceof BerthError))
    return [plain(`berth: ${error instanceof Error ? error.message : String(error)}`)];
  const problems = error.problems.map(problemLine);
  return [`berth: ${error.message} (${error.code})`, ...problems, error.remedy].map((line, index) =>
    index === 0 ? plain(line) : `  ${plain(line)}`,
  );
}

function problemLine({ file, path, found, expected, line }: Problem): string {
  const where = line === undefined ? file : `${file}:${line}`;
  const place = [where, path].filter((part) => part !== '').join(' ');
  return `${place}: found ${found}; expected ${expected}`;
}

/** The same for a program. */
export function errorJson(error: unknown): unknown {
  if (!(error instanceof AnsweredError) && !(error instanceof BerthError))
    return {
      error: { code: 'cli.unexpected', message: error instanceof Error ? error.message : String(error), remedy: '' },
    };
  const { code, message, remedy, details, problems } = error;
  return { error: { code, message, remedy, details, problems } };
}

/** Exit codes in the manner of sysexits.h: 1 refused, 64 usage, 69 no platform, 70 a fault of Berth's own. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof AnsweredError) return error.status === 500 ? 70 : 1;
  if (!(error instanceof BerthError)) return 70;
  if (error.code === 'cli.unreachable' || error.code === 'cli.broken-off') return 69;
  return error.code === 'cli.usage' ? 64 : 1;
}
