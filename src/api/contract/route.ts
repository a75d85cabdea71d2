// What one route of the API is, with the schemas of what it carries.
import type { z } from 'zod';
import type { Endpoint } from './endpoint.ts';

/**
 * One route. `answer` is `stream` for server-sent events and `bytes` for raw contents; `body` is `zip` for an upload, `instance-file` for
 * JSON or YAML that its handler reads, `sensor-file` for these or CSV, `calendar` for an iCalendar file, `reading`
 * for whatever a device sends, which its handler checks.
 */
export type Route = Endpoint & {
  readonly query?: z.ZodType;
  readonly body?: z.ZodType | 'zip' | 'instance-file' | 'sensor-file' | 'calendar' | 'reading';
  readonly answer: z.ZodType | 'stream' | 'bytes';
};
