// Instants as the viewer reads them: how long ago, with the exact time in the viewer's zone, and in the schedule's where that is another.
import { Text, Tooltip } from '@mantine/core';
import { useNow } from './use-now.ts';

const STEPS = [
  ['second', 1_000],
  ['minute', 60_000],
  ['hour', 3_600_000],
  ['day', 86_400_000],
] as const;

const WORDS = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto', style: 'narrow' });

/** An instant relative to now, exact on hover and focus. */
export function When({ at, zone }: { readonly at: string | null; readonly zone?: string }) {
  const now = useNow();
  if (at === null)
    return (
      <Text span inherit c="dimmed">
        never
      </Text>
    );
  const exact = [inZone(at), ...(zone === undefined || zone === viewerZone() ? [] : [inZone(at, zone)])].join(' · ');
  return (
    <Tooltip label={exact}>
      <Text span inherit component="time" dateTime={at} title={exact}>
        {relative(Date.parse(at) - now)}
      </Text>
    </Tooltip>
  );
}

/** How far away an instant is: `5 min. ago`, `in 2 hr.` */
function relative(ms: number): string {
  const [unit, size] = STEPS.findLast(([, step]) => Math.abs(ms) >= step) ?? STEPS[0];
  return WORDS.format(Math.trunc(ms / size), unit);
}

/** An instant in a zone, the viewer's own without one, with the zone's name. */
export function inZone(at: string, zone: string = viewerZone()): string {
  const format = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium', timeZone: zone });
  return `${format.format(new Date(at))} (${zone})`;
}

/** The zone of the viewer's machine. */
export function viewerZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}
