// Routes of calendars in whose events nothing runs.
import { listCalendars, putCalendar, removeCalendar, showCalendar } from '../../scheduler/calendar-requests.ts';
import type { ApiParts } from '../api-parts.ts';
import type { Handlers } from '../handler.ts';
import { calendarDetailView, calendarView } from '../views/schedule-views.ts';

type CalendarRoute = 'listCalendars' | 'showCalendar' | 'putCalendar' | 'removeCalendar';

/** Handlers of calendars. */
export function calendarHandlers(parts: ApiParts): Pick<Handlers, CalendarRoute> {
  const { store, clock } = parts;
  return {
    listCalendars: async () => ({ items: (await listCalendars(store)).map(calendarView) }),
    showCalendar: async ({ params }) => calendarDetailView(await showCalendar(store, params.calendar), clock.now()),
    putCalendar: async ({ params, body }) => {
      const source = new TextDecoder().decode(body);
      return calendarView(await putCalendar(parts, { id: params.calendar, source }, clock.now()));
    },
    removeCalendar: async ({ params }) => {
      await removeCalendar(parts, params.calendar);
      return { removed: params.calendar };
    },
  };
}
