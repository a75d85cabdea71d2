/** Errors of calendars. */
export const calendarErrors = {
  'calendar.name-invalid': {
    message: '{name} cannot be the name of a calendar.',
    remedy: 'Use 1 to 63 lower-case letters, digits and hyphens, beginning with a letter.',
    status: 400,
    retry: 'terminal',
  },
  'calendar.invalid': {
    message: 'The calendar cannot be read: line {line}: {reason}.',
    remedy:
      'Correct that line, or export the calendar anew as iCalendar (RFC 5545, a file that ends in .ics) from the program that keeps it.',
    status: 422,
    retry: 'terminal',
  },
  'calendar.too-large': {
    message: 'The calendar is too large: {reason}.',
    remedy:
      'Remove past or very frequent events, or split it into several calendars and name them all in the schedule.',
    status: 413,
    retry: 'terminal',
  },
  'calendar.in-use': {
    message: 'The calendar {calendar} is named by the schedules of {count} instances: {instances}.',
    remedy: 'Take it out of their schedules first, or replace its events by putting another file under its name.',
    status: 409,
    retry: 'terminal',
  },
} as const;
