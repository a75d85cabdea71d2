// Tokens as a list.
import { Button, Text } from '@mantine/core';
import type { ItemOf } from '../../../src/api/contract/answers.ts';
import { askFirst } from '../shown/ask-first.tsx';
import { DataTable, type MoreRows } from '../shown/data-table.tsx';
import { When } from '../shown/when.tsx';

type Token = ItemOf<'listTokens'>;

interface Listed {
  readonly caption: string;
  readonly rows: readonly Token[] | undefined;
  readonly error: Error | null;
  readonly empty: string;
  readonly more?: MoreRows | null;
  /** Whose they are is told as well. */
  readonly owners?: boolean;
  readonly onRevoke: (id: string) => void;
}

const FEW = 3;

/** Tokens without what they are made of; each can be revoked. */
export function TokenTable({ owners = false, onRevoke, ...listed }: Listed) {
  const ask = ({ id, name }: Token) =>
    askFirst({
      title: `Revoke the token ${name}?`,
      what: 'Whatever uses it is refused from now on, and its live streams end. This cannot be undone.',
      act: 'Revoke',
      onYes: () => onRevoke(id),
    });
  return (
    <DataTable
      {...listed}
      rowKey={({ id }) => id}
      columns={[
        { label: 'Name', sort: ({ name }) => name, render: ({ name }) => name },
        ...(owners
          ? [{ label: 'Of', sort: ({ user }: Token) => user, render: ({ user }: Token) => user ?? 'nobody' }]
          : []),
        { label: 'May', render: ({ permissions }) => <Permissions permissions={permissions} /> },
        { label: 'Where', render: ({ projects }) => (projects === null ? 'everywhere' : projects.join(', ')) },
        { label: 'Made', sort: ({ createdAt }) => createdAt, render: ({ createdAt }) => <When at={createdAt} /> },
        { label: 'Last used', sort: ({ usedAt }) => usedAt, render: ({ usedAt }) => <When at={usedAt} /> },
        {
          label: 'Ends',
          sort: ({ expiresAt }) => expiresAt,
          render: ({ expiresAt }) => <When at={expiresAt} />,
        },
        {
          label: '',
          render: (token) => (
            <Button size="compact-xs" variant="default" onClick={() => ask(token)} aria-label={`Revoke ${token.name}`}>
              Revoke
            </Button>
          ),
        },
      ]}
    />
  );
}

function Permissions({ permissions }: { readonly permissions: readonly string[] }) {
  if (permissions.includes('*')) return <>everything</>;
  const few = permissions.slice(0, FEW).join(', ');
  const rest = permissions.length - FEW;
  return (
    <Text span inherit title={permissions.join(', ')}>
      {few}
      {rest > 0 && ` and ${rest} more`}
    </Text>
  );
}
