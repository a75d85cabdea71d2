// What can be done with a node.
import { Button } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import type { AnswerOf } from '../../../src/api/contract/answers.ts';
import { useAct } from '../api/use-act.ts';
import { useRights } from '../api/use-me.ts';
import { askFirst } from '../shown/ask-first.tsx';

type Node = AnswerOf<'showNode'>;

const LOST = ['lost', 'unreachable'];

/** Drain, let it work again, forget it. */
export function NodeButtons({ node }: { readonly node: Node }) {
  const navigate = useNavigate();
  const drain = useAct('drainNode', { done: ({ id }) => `Nothing new is placed on ${id}; what is there moves away.` });
  const undrain = useAct('undrainNode', { done: ({ id }) => `${id} takes tasks again.` });
  const remove = useAct('removeNode', {
    done: ({ id }) => `${id} is being removed.`,
    after: () => void navigate({ to: '/nodes' }),
  });
  if (!useRights().here('nodes:write')) return null;
  const params = { node: node.id };
  const force = LOST.includes(node.state);
  const forget = () =>
    askFirst({
      title: `Remove ${node.id}?`,
      what: force
        ? 'It does not answer, so it is forgotten at once. Tasks that still run there are ended if it ever comes back.'
        : 'Its tasks move to other nodes first; then it is forgotten. The machine itself stays as it is.',
      act: 'Remove',
      onYes: () => remove.mutate({ params, query: { force: String(force) } }),
    });
  return (
    <>
      {node.draining ? (
        <Button variant="default" loading={undrain.isPending} onClick={() => undrain.mutate({ params })}>
          Let it work again
        </Button>
      ) : (
        <Button
          variant="default"
          loading={drain.isPending}
          onClick={() =>
            askFirst({
              title: `Drain ${node.id}?`,
              what: 'Nothing new is placed on it, and what is there moves to other nodes as room allows.',
              act: 'Drain',
              onYes: () => drain.mutate({ params }),
            })
          }
        >
          Drain
        </Button>
      )}
      <Button color="red" variant="light" disabled={node.removing} onClick={forget}>
        {node.removing ? 'Being removed' : 'Remove'}
      </Button>
    </>
  );
}
