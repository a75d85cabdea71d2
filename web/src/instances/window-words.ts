// Windows of a schedule in words.

const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const;
const STRETCHES: Readonly<Record<string, string>> = {
  '1,2,3,4,5,6,7': 'every day',
  '1,2,3,4,5': 'Mon to Fri',
  '6,7': 'at weekends',
};

interface Window {
  /** 1 is Monday, 7 is Sunday. */
  readonly days: readonly number[];
  readonly from: string;
  readonly to: string;
}

/** One window: `Mon to Fri 08:00–18:00`. */
export function windowWords({ days, from, to }: Window): string {
  const words = STRETCHES[days.join()] ?? days.map((day) => DAYS[day - 1]).join(', ');
  return `${words} ${from}–${to}`;
}
