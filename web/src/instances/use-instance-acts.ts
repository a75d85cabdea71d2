// What may be done to an instance from a list or from its page.
import { useAct } from '../api/use-act.ts';
import { askFirst } from '../shown/ask-first.tsx';

/** Acts on instances, each told when it is done. */
export function useInstanceActs({ afterRemoval }: { readonly afterRemoval?: () => void } = {}) {
  const enable = useAct('enableInstance', { done: ({ name }) => `${name} runs by its schedule again.` });
  const disable = useAct('disableInstance', { done: ({ name }) => `${name} makes no new jobs.` });
  const remove = useAct('removeInstance', {
    done: ({ name }) => `${name} is being removed: its jobs are ended first.`,
    ...(afterRemoval ? { after: afterRemoval } : {}),
  });
  const params = (name: string) => ({ params: { instance: name } });
  return {
    enable: (name: string) => enable.mutate(params(name)),
    disable: (name: string) =>
      askFirst({
        title: `Disable ${name}?`,
        what: 'It makes no new jobs until it is enabled again. A job that runs goes on to its end; that of a continuous instance is stopped.',
        act: 'Disable it',
        onYes: () => disable.mutate(params(name)),
      }),
    remove: (name: string) =>
      askFirst({
        title: `Remove ${name}?`,
        what: 'Its jobs are stopped, and then it is forgotten with its schedule. What its jobs gave as output stays. This cannot be undone.',
        act: 'Remove it',
        onYes: () => remove.mutate(params(name)),
      }),
  };
}
