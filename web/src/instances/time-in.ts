// Instants as schedules speak of them.

/** An instant in a zone, with its weekday. */
export function timeIn(at: string, zone: string): string {
  const format = new Intl.DateTimeFormat(undefined, {
    ...{ weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' },
    ...{ hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23', timeZone: zone },
  });
  return format.format(new Date(at));
}
