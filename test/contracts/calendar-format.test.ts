// The CalendarFormat contract over each adapter.
import { IcalCalendars } from '../../src/adapters/ical-calendars/ical-calendars.ts';
import { calendarFormatContract } from './calendar-format-contract.ts';

calendarFormatContract('iCalendar', new IcalCalendars());
