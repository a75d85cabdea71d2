// Calendar files as programs export them: folded lines, carriage returns, properties that nobody needs.

/** A calendar of these lines, ended as files are. */
export function calendarOf(...lines: readonly string[]): string {
  return ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//Example//EN', ...lines, 'END:VCALENDAR', ''].join('\r\n');
}

/** An event of these lines. */
export function eventOf(...lines: readonly string[]): string {
  return ['BEGIN:VEVENT', 'DTSTAMP:20251101T120000Z', ...lines, 'END:VEVENT'].join('\r\n');
}

/** Holidays of a country: all-day events, one of them over two days, one every year, names folded. */
export const HOLIDAYS = calendarOf(
  'METHOD:PUBLISH',
  'X-WR-CALNAME:Feiertage in Deutschland',
  'X-WR-TIMEZONE:Europe/Berlin',
  eventOf(
    'UID:neujahr@example.org',
    'DTSTART;VALUE=DATE:20260101',
    'DTEND;VALUE=DATE:20260102',
    'SUMMARY:Neujahr',
    'CLASS:PUBLIC',
    'DESCRIPTION:Gesetzlicher Feiertag in allen Ländern\\, auch dort\\, wo sonst',
    ' weniger gefeiert wird: BEGIN:VEVENT ist hier nur Text',
    'BEGIN:VALARM\r\nACTION:DISPLAY\r\nTRIGGER:-PT15M\r\nEND:VALARM',
  ),
  eventOf(
    'UID:weihnachten@example.org',
    'DTSTART;VALUE=DATE:20261225',
    'DURATION:P2D',
    'SUMMARY:Erster und',
    '  zweiter',
    '  Weihnachtstag',
  ),
  eventOf(
    'UID:einheit@example.org',
    'DTSTART;VALUE=DATE:19901003',
    'RRULE:FREQ=YEARLY',
    'SUMMARY:Tag der Deutschen Einheit',
  ),
  eventOf('UID:karneval@example.org', 'DTSTART;VALUE=DATE:20260216', 'SUMMARY:Rosenmontag', 'TRANSP:TRANSPARENT'),
  eventOf('UID:abgesagt@example.org', 'DTSTART;VALUE=DATE:20260501', 'SUMMARY:Maifeier', 'STATUS:CANCELLED'),
);

/** Europe/Berlin under a name of its own, as programs of one vendor export it. */
export const VENDOR_ZONE = [
  'BEGIN:VTIMEZONE',
  'TZID:W. Europe Standard Time',
  'BEGIN:STANDARD',
  'DTSTART:16010101T030000',
  'TZOFFSETFROM:+0200',
  'TZOFFSETTO:+0100',
  'RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10',
  'END:STANDARD',
  'BEGIN:DAYLIGHT',
  'DTSTART:16010101T020000',
  'TZOFFSETFROM:+0100',
  'TZOFFSETTO:+0200',
  'RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3',
  'END:DAYLIGHT',
  'END:VTIMEZONE',
].join('\r\n');

/** Maintenance every Sunday at two in the night of Berlin, in a zone that the name or the file gives; one left out, one moved, one cancelled. */
export function maintenance(zone: string, definition: string): string {
  const series = 'UID:wartung@example.org';
  return calendarOf(
    ...(definition === '' ? [] : [definition]),
    eventOf(
      series,
      `DTSTART;TZID=${zone}:20260301T020000`,
      `DTEND;TZID=${zone}:20260301T040000`,
      'RRULE:FREQ=WEEKLY;BYDAY=SU;UNTIL=20260426T000000Z',
      `EXDATE;TZID=${zone}:20260308T020000`,
      'SUMMARY:Wartung',
    ),
    eventOf(
      series,
      `RECURRENCE-ID;TZID=${zone}:20260315T020000`,
      `DTSTART;TZID=${zone}:20260316T220000`,
      `DTEND;TZID=${zone}:20260316T230000`,
      'SUMMARY:Wartung (verschoben)',
    ),
    eventOf(
      series,
      'RECURRENCE-ID:20260405T000000Z',
      `DTSTART;TZID=${zone}:20260405T020000`,
      'STATUS:CANCELLED',
      'SUMMARY:Ostern',
    ),
  );
}
