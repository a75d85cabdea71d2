// How many notices the viewer has not read.
import { useAnswer } from '../api/use-answer.ts';
import { useMe } from '../api/use-me.ts';

const COUNTED = 100;
const EVERY_MS = 15_000;

/** The number of unread notices among the newest; `99+` where there are more than are counted. */
export function useUnread(): { readonly count: number; readonly word: string } {
  const user = useMe().data?.user ?? null;
  const words = { params: { user: user ?? '' }, query: { limit: COUNTED } };
  const notices = useAnswer('listInbox', words, { everyMs: EVERY_MS, enabled: user !== null });
  const count = notices.data?.items.filter(({ readAt }) => readAt === null).length ?? 0;
  return { count, word: count >= COUNTED ? '99+' : String(count) };
}
