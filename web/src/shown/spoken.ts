// Sentences of the platform as people read them: they begin with a capital, and instants in them are times of a zone.
import { viewerZone } from './when.tsx';

const INSTANT = /\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z/g;

/** A sentence with its instants in a zone, the viewer's own without one. */
export function spoken(sentence: string, zone: string = viewerZone()): string {
  const format = new Intl.DateTimeFormat(undefined, {
    ...{ day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit' },
    ...{ hourCycle: 'h23', timeZone: zone, timeZoneName: 'short' },
  });
  const told = sentence.replaceAll(INSTANT, (at) => format.format(new Date(at)));
  return told.charAt(0).toUpperCase() + told.slice(1);
}
