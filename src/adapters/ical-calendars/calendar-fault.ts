// What is wrong with a calendar file, told by its line.
import { BerthError } from '../../model/errors.ts';

/** The error for a line that cannot be read. */
export function calendarFault(line: number, reason: string, cause?: unknown): BerthError {
  return new BerthError('calendar.invalid', { line, reason }, { cause });
}

/** The error for a calendar that holds more than is read. */
export function calendarTooLarge(reason: string): BerthError {
  return new BerthError('calendar.too-large', { reason });
}
