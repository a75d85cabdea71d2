// How often something comes, as a number with one unit.

/** Seconds, minutes and hours by the clock; days, weeks, months and years by the calendar. */
export type Unit = 's' | 'm' | 'h' | 'D' | 'W' | 'M' | 'Y';

/** A rhythm of one unit. */
export interface Rhythm {
  readonly count: number;
  readonly unit: Unit;
}

const BY_CLOCK = /^(\d+)(s|m|h)$/;
const BY_CALENDAR = /^P(\d+)(D|W|M|Y)$/;

/** The rhythm that a file says with one unit; null for every other text. */
export function rhythmOf(text: string): Rhythm | null {
  const [, count, unit] = BY_CLOCK.exec(text) ?? BY_CALENDAR.exec(text) ?? [];
  return count === undefined || unit === undefined ? null : { count: Number(count), unit: unit as Unit };
}

/** A rhythm as files say it. */
export function writtenRhythm({ count, unit }: Rhythm): string {
  return unit === 's' || unit === 'm' || unit === 'h' ? `${count}${unit}` : `P${count}${unit}`;
}
