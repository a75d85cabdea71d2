// JSON as a person reads it: rows of objects as a table, everything else indented.
import { Code, ScrollArea, Table } from '@mantine/core';

const MOST_ROWS = 200;

type Row = Readonly<Record<string, string | number | boolean | null>>;

/** The value of a JSON text. */
export function JsonShown({ text }: { readonly text: string }) {
  const value = parsed(text);
  const rows = tableIn(value);
  return (
    <ScrollArea.Autosize mah={360}>
      {rows ? <Rows rows={rows} /> : <Code block>{value === undefined ? text : JSON.stringify(value, null, 2)}</Code>}
    </ScrollArea.Autosize>
  );
}

function Rows({ rows }: { readonly rows: readonly Row[] }) {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return (
    <Table withTableBorder verticalSpacing={4} aria-label="Output as a table">
      <Table.Thead>
        <Table.Tr>
          {columns.map((column) => (
            <Table.Th key={column}>{column}</Table.Th>
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {rows.slice(0, MOST_ROWS).map((row) => (
          <Table.Tr key={JSON.stringify(row)}>
            {columns.map((column) => (
              <Table.Td key={column}>{String(row[column] ?? '')}</Table.Td>
            ))}
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Rows, if the value is a list of flat objects. */
function tableIn(value: unknown): readonly Row[] | undefined {
  return Array.isArray(value) && value.length > 0 && value.every(isFlat) ? (value as Row[]) : undefined;
}

function isFlat(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((each) => each === null || typeof each !== 'object');
}
