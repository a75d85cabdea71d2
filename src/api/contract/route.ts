// What one route of the API is, with the schemas of what it carries.
import type { z } from 'zod';
import type { Endpoint } from './endpoint.ts';

/**
 * One route. `answer` is `stream` for server-sent events and `bytes` for raw contents; `body` is `zip` for an upload, `instance-file` for
 * JSON or YAML that its handler reads, `calendar` for an iCalendar file.
 */
export interface Route extends Endpoint {
  readonly query?: z.ZodType;
  readonly body?: z.ZodType | 'zip' | 'instance-file' | 'calendar';
  readonly answer: z.ZodType | 'stream' | 'bytes';
}
