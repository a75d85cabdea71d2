// Lists as tables that line up: sorted where that makes sense, a page at a time, rows that lead somewhere; cards on a phone.
import {
  Anchor,
  Button,
  Group,
  Paper,
  Skeleton,
  Stack,
  Table,
  Text,
  UnstyledButton,
  VisuallyHidden,
} from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { ArrowDown, ArrowUp, ChevronsUpDown } from 'lucide-react';
import { type ReactNode, useMemo, useState } from 'react';
import styles from './data-table.module.css';
import { ErrorPanel } from './error-panel.tsx';

/** One column. */
export interface DataColumn<R> {
  /** Heads the column; on a phone it stands before each value. Empty (for buttons): nothing is shown. */
  readonly label: string;
  readonly render: (row: R) => ReactNode;
  /** By what its rows are put in order, nulls last; absent: not at all. */
  readonly sort?: (row: R) => string | number | null;
  /** Values stand at the right, so that digits line up. */
  readonly numeric?: boolean;
}

/** More rows than those that are there. */
export interface MoreRows {
  readonly load: () => void;
  readonly loading: boolean;
}

interface Listed<R> {
  /** What the table lists, for people who cannot see it. */
  readonly caption: string;
  readonly columns: readonly DataColumn<R>[];
  /** Undefined: not known yet. */
  readonly rows: readonly R[] | undefined;
  readonly rowKey: (row: R) => string;
  /** Where a row leads: its first cell becomes the link, which the whole row follows. */
  readonly linkTo?: ((row: R) => string) | undefined;
  /** In place of rows when there are none: says what to do next. */
  readonly empty: ReactNode;
  /** Null or absent: these are all. */
  readonly more?: MoreRows | null;
  /** Why the rows could not be had. */
  readonly error?: Error | null;
}

interface Order {
  readonly column: number;
  readonly descending: boolean;
}

/** A table of rows. */
export function DataTable<R>(listed: Listed<R>) {
  const { caption, columns, rows, empty, more, error } = listed;
  const [order, setOrder] = useState<Order | null>(null);
  const sorted = useMemo(() => (rows ? inOrder(rows, columns, order) : undefined), [rows, columns, order]);
  if (error && !rows) return <ErrorPanel error={error} />;
  if (!sorted) return <Waiting caption={caption} />;
  return (
    <Stack gap="xs">
      {sorted.length === 0 ? (
        <Nothing>{empty}</Nothing>
      ) : (
        <Rows listed={listed} rows={sorted} {...{ order, setOrder }} />
      )}
      {more && (
        <Group justify="center">
          <Button variant="default" size="xs" onClick={more.load} loading={more.loading}>
            Show more
          </Button>
        </Group>
      )}
    </Stack>
  );
}

interface Ordered<R> {
  readonly listed: Listed<R>;
  readonly rows: readonly R[];
  readonly order: Order | null;
  readonly setOrder: (order: Order | null) => void;
}

function Rows<R>({ listed, rows, order, setOrder }: Ordered<R>) {
  const { caption, columns, rowKey } = listed;
  return (
    <Table className={styles.table} role="table" aria-label={caption} highlightOnHover verticalSpacing={7}>
      <Table.Thead className={styles.head} role="rowgroup">
        <Table.Tr role="row">
          {columns.map((column, at) => (
            <Head
              key={column.label}
              column={column}
              order={order?.column === at ? order : null}
              at={at}
              {...{ setOrder }}
            />
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody className={styles.body} role="rowgroup">
        {rows.map((row) => (
          <Row key={rowKey(row)} row={row} listed={listed} />
        ))}
      </Table.Tbody>
    </Table>
  );
}

function Row<R>({ row, listed: { columns, linkTo } }: { readonly row: R; readonly listed: Listed<R> }) {
  return (
    <Table.Tr role="row" className={styles.row}>
      {columns.map(({ label, render, numeric = false }, at) => {
        const shown = render(row);
        const blank = shown === null || shown === '' || shown === false;
        return (
          <Table.Td
            key={label}
            role="cell"
            data-label={label}
            className={[styles.cell, numeric ? styles.numeric : '', blank ? styles.blank : ''].join(' ')}
          >
            {at === 0 && linkTo ? (
              <Anchor component={Link} to={linkTo(row)} className={styles.link} inherit fw={600}>
                {shown}
              </Anchor>
            ) : (
              shown
            )}
          </Table.Td>
        );
      })}
    </Table.Tr>
  );
}

interface Headed<R> {
  readonly column: DataColumn<R>;
  readonly at: number;
  /** Null: not by this column. */
  readonly order: Order | null;
  readonly setOrder: (order: Order | null) => void;
}

function Head<R>({ column: { label, sort, numeric = false }, at, order, setOrder }: Headed<R>) {
  const sorted = order === null ? 'none' : order.descending ? 'descending' : 'ascending';
  const Icon = { none: ChevronsUpDown, ascending: ArrowUp, descending: ArrowDown }[sorted];
  const next = {
    none: { column: at, descending: false },
    ascending: { column: at, descending: true },
    descending: null,
  };
  return (
    <Table.Th role="columnheader" className={numeric ? styles.numeric : ''} {...(sort ? { 'aria-sort': sorted } : {})}>
      {sort ? (
        <UnstyledButton className={styles.sort} onClick={() => setOrder(next[sorted])}>
          {label}
          <Icon size={13} aria-hidden />
        </UnstyledButton>
      ) : (
        label || <VisuallyHidden>What can be done</VisuallyHidden>
      )}
    </Table.Th>
  );
}

function Waiting({ caption }: { readonly caption: string }) {
  return (
    <Stack gap={10} py="xs" role="status" aria-label={`${caption}: loading`}>
      {[88, 94, 76].map((width) => (
        <Skeleton key={width} height={18} width={`${width}%`} radius="sm" />
      ))}
    </Stack>
  );
}

function Nothing({ children }: { readonly children: ReactNode }) {
  return (
    <Paper withBorder p="lg">
      <Text c="dimmed" size="sm" ta="center" component="div">
        {children}
      </Text>
    </Paper>
  );
}

/** Rows in the order that a column asks for; as they came without one. */
function inOrder<R>(rows: readonly R[], columns: readonly DataColumn<R>[], order: Order | null): readonly R[] {
  const by = order ? columns[order.column]?.sort : undefined;
  if (!by) return rows;
  const sign = order?.descending ? -1 : 1;
  return rows.toSorted((one, other) => {
    const [a, b] = [by(one), by(other)];
    if (a === null || b === null) return Number(a === null) - Number(b === null);
    return sign * (typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b)));
  });
}
