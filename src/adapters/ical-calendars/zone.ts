// Time zones as calendars need them: those of the runtime by their IANA names. What a file defines itself is in defined-zone.ts.

import type { Instant } from '../../model/instant.ts';
import { isZone } from '../../model/zone.ts';

/** A zone's local times. */
export interface Zone {
  /** A local time that does not exist counts with the offset before the gap, one that exists twice is the first (RFC 5545, section 3.3.5). */
  instantOf(wall: Temporal.PlainDateTime): Instant;
  wallAt(at: Instant): Temporal.PlainDateTime;
}

/** UTC. */
export const UTC: Zone = ianaZone('UTC');

/** The zone of an IANA name, or undefined when the runtime knows none. */
export function findIanaZone(name: string): Zone | undefined {
  // Some programs write a path before the name, such as `/freeassociation.sourceforge.net/Europe/Berlin`.
  const candidates = [name, name.split('/').slice(-2).join('/'), name.split('/').slice(-3).join('/')];
  const known = candidates.find(isZone);
  return known === undefined ? undefined : ianaZone(known);
}

function ianaZone(name: string): Zone {
  return {
    instantOf: (wall) => wall.toZonedDateTime(name, { disambiguation: 'compatible' }).epochMilliseconds,
    wallAt: (at) => Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(name).toPlainDateTime(),
  };
}
