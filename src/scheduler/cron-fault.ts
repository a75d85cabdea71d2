// What is wrong with a cron expression, and in which of its fields.
import { checkCron, nextCron } from './cron.ts';

/** What stands there and what could. */
export interface CronFault {
  readonly found: string;
  readonly expected: string;
}

const SYNTAX = 'numbers, lists (1,2), ranges (1-5) and steps (*/5, 0-30/5)';

const FIELDS = [
  ['second', `0 to 59: ${SYNTAX}`],
  ['minute', `0 to 59: ${SYNTAX}`],
  ['hour', `0 to 23: ${SYNTAX}`],
  ['day of month', `1 to 31 (${SYNTAX}), L for the last, 15W for the weekday nearest`],
  ['month', `1 to 12 or JAN to DEC: ${SYNTAX}`],
  ['day of week', `0 to 7 or SUN to SAT (${SYNTAX}), 5L for the last Friday, 1#2 for the second Monday`],
] as const;

/** What is wrong with an expression; null: nothing. A date that never comes, such as 31 February, is wrong. */
export function cronFault(expression: string): CronFault | null {
  const problem = problemOf(expression);
  if (problem === null) return neverFault(expression);
  return (
    fieldFault(expression) ?? {
      found: `'${expression}': ${problem}`,
      expected: 'a cron expression of five or six fields',
    }
  );
}

function neverFault(expression: string): CronFault | null {
  // The Gregorian calendar repeats, and so do the weekdays in it: what does not come from one beginning comes from none.
  if (nextCron({ expression, zone: 'UTC' }, 0) !== null) return null;
  return { found: `'${expression}': no such date ever comes`, expected: 'a day that one of the months has' };
}

/** Each field by itself among wildcards: the first that is refused is the one. */
function fieldFault(expression: string): CronFault | null {
  const words = expression.trim().split(/\s+/);
  const missing = FIELDS.length - words.length;
  if (missing !== 0 && missing !== 1) return countFault(expression, words.length);
  for (const [index, word] of words.entries()) {
    const [name, expected] = FIELDS[index + missing] ?? FIELDS[0];
    const alone = FIELDS.map((_, at) => (at === index + missing ? word : '*')).join(' ');
    if (problemOf(alone) !== null) return { found: `'${word}' for the ${name} in '${expression}'`, expected };
  }
  return null;
}

function countFault(expression: string, fields: number): CronFault {
  const count = expression.trim() === '' ? 0 : fields;
  return {
    found: `'${expression}' with ${count} ${count === 1 ? 'field' : 'fields'}`,
    expected: 'five fields (minute, hour, day of month, month, day of week), or six with seconds before them',
  };
}

function problemOf(expression: string): string | null {
  try {
    checkCron(expression);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
