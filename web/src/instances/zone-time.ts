// Local times of a zone and instants, as a field for date and time has them (`2027-01-31T08:00`) and as files have them (ISO 8601 with a zone).

const MINUTE_MS = 60_000;

/** An instant of a file as local time of a zone; empty for what is no instant. */
export function localTime(at: string | undefined, zone: string): string {
  const ms = at === undefined ? Number.NaN : Date.parse(at);
  if (Number.isNaN(ms)) return '';
  return new Date(ms + offsetMs(ms, zone)).toISOString().slice(0, 16);
}

/**
 * A local time of a zone as an instant with the zone's distance from UTC. A time that a clock change leaves out is the one as much later;
 * of one that comes twice it is the first.
 */
export function instantOf(local: string, zone: string): string | undefined {
  const guess = Date.parse(`${local}Z`);
  if (Number.isNaN(guess)) return undefined;
  const before = guess - offsetMs(guess - 24 * 60 * MINUTE_MS, zone);
  const after = guess - offsetMs(before, zone);
  const ms = offsetMs(after, zone) === guess - after ? after : before;
  const distance = offsetMs(ms, zone);
  return `${new Date(ms + distance).toISOString().slice(0, 19)}${sign(distance)}`;
}

/** All zones that this browser knows. */
export function zones(): readonly string[] {
  return ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')];
}

/** How far local time of a zone is ahead of UTC. */
function offsetMs(ms: number, zone: string): number {
  const format = new Intl.DateTimeFormat('en-US', {
    ...{ timeZone: zone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric' },
    ...{ hour: 'numeric', minute: 'numeric', second: 'numeric' },
  });
  const parts = Object.fromEntries(format.formatToParts(ms).map(({ type, value }) => [type, Number(value)]));
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(ms / 1000) * 1000;
}

function sign(distanceMs: number): string {
  const minutes = Math.abs(Math.round(distanceMs / MINUTE_MS));
  const two = (count: number) => String(count).padStart(2, '0');
  return `${distanceMs < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}
