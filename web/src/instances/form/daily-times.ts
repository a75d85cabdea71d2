// Days of the week with a time of day, and the cron expression that says the same.

/** On which days, and when: 1 is Monday, 7 is Sunday. */
export interface DailyTime {
  readonly days: readonly number[];
  readonly time: string;
}

const ALL = [1, 2, 3, 4, 5, 6, 7];
const SIMPLE = /^(\d{1,2}) (\d{1,2}) \* \* (\*|[0-7](?:[-,][0-7])*)$/;

/** The days and the time of an expression that says no more; null for every other. */
export function dailyOf(expression: string | undefined): DailyTime | null {
  const [, minute, hour, days] = SIMPLE.exec(expression?.trim() ?? '') ?? [];
  if (minute === undefined || hour === undefined || days === undefined) return null;
  if (Number(minute) > 59 || Number(hour) > 23) return null;
  return { days: daysOf(days), time: `${hour.padStart(2, '0')}:${minute.padStart(2, '0')}` };
}

/** The expression for days and a time; without days it is every day. */
export function expressionOf({ days, time }: DailyTime): string {
  const [hour = '0', minute = '0'] = time.split(':');
  return `${Number(minute)} ${Number(hour)} * * ${dayField(days)}`;
}

function daysOf(field: string): readonly number[] {
  if (field === '*') return ALL;
  const days = field.split(',').flatMap((part) => {
    const [from = 0, to = from] = part.split('-').map(Number);
    return Array.from({ length: Math.max(0, to - from) + 1 }, (_, index) => from + index);
  });
  return [...new Set(days.map((day) => (day === 0 ? 7 : day)))].toSorted((a, b) => a - b);
}

function dayField(days: readonly number[]): string {
  const sorted = days.toSorted((a, b) => a - b);
  if (sorted.length === 0 || sorted.length === ALL.length) return '*';
  const [first = 1, last = first] = [sorted[0], sorted.at(-1)];
  const isStretch = sorted.length > 2 && last - first === sorted.length - 1;
  return isStretch ? `${first}-${last}` : sorted.join(',');
}
