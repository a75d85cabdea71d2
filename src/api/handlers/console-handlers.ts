// Routes of what people look at in the console.
import { showInstanceFile } from '../../applications/instance-file-reads.ts';
import type { ApiParts } from '../api-parts.ts';
import { ComingReads } from '../coming-jobs.ts';
import type { CONSOLE_ENDPOINTS } from '../contract/console-endpoints.ts';
import type { Handlers } from '../handler.ts';
import { logLineHandlers } from './log-line-handlers.ts';
import { overviewHandlers } from './overview-handlers.ts';
import { packageFileHandlers } from './package-file-handlers.ts';
import { platformLookHandlers } from './platform-look-handlers.ts';
import { timelineHandlers } from './timeline-handlers.ts';

/** Handlers of what people look at in the console. */
export function consoleHandlers(parts: ApiParts): Pick<Handlers, keyof typeof CONSOLE_ENDPOINTS> {
  const { store } = parts;
  const coming = new ComingReads(parts);
  return {
    ...overviewHandlers(parts, coming),
    ...timelineHandlers(parts, coming),
    ...platformLookHandlers(parts),
    ...packageFileHandlers(parts),
    ...logLineHandlers(parts),
    instanceFile: ({ params }) => showInstanceFile(store, params.instance),
  };
}
