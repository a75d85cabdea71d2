// The form and the file beside what the platform says of them.
import { Box, Button, FileButton, Grid, Group, SegmentedControl, Stack, Text } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { Download, FileUp, Save } from 'lucide-react';
import { type Ref, useMemo, useRef, useState } from 'react';
import type { AnsweredProblem } from '../api/answered-error.ts';
import { useAct } from '../api/use-act.ts';
import { FileProblems } from '../shown/file-problems.tsx';
import { CheckPanel } from './check-panel.tsx';
import { FileEditor, type FileEditorHandle } from './file-editor.tsx';
import { FormFields } from './form/form-fields.tsx';
import { fileOf, type InstanceDraft } from './instance-draft.ts';
import { readDraft } from './read-draft.ts';
import { FILE_TYPE, useFileCheck } from './use-file-check.ts';
import { ProblemsContext } from './use-problem-at.ts';

interface Configured {
  readonly first: InstanceDraft;
  /** Whom it changes; null: a new one. */
  readonly instance: string | null;
}

/** Where a file is written, in one view or the other. */
type View = { readonly as: 'form'; readonly draft: InstanceDraft } | { readonly as: 'file'; readonly text: string };

/** The whole page below its title. */
export function ConfigureForm({ first, instance }: Configured) {
  const [view, setView] = useState<View>({ as: 'form', draft: first });
  const [fault, setFault] = useState<string | null>(null);
  const [isTried, setTried] = useState(false);
  const editor = useRef<FileEditorHandle>(null);
  const text = view.as === 'form' ? fileOf(view.draft) : view.text;
  const check = useFileCheck(text);
  const save = useSave(instance);
  // What was not filled in yet is no mistake before somebody says that it is done.
  const told = useMemo(
    () => check.problems.filter(({ found }) => isTried || view.as === 'file' || found !== 'nothing'),
    [check.problems, isTried, view.as],
  );
  const turn = async (to: string) => {
    setFault(null);
    if (to === 'file') return setView({ as: 'file', text });
    const read = await readDraft(text);
    if ('draft' in read) setView({ as: 'form', draft: read.draft });
    else setFault(read.fault);
  };
  const submit = () => {
    setTried(true);
    save.mutate(text);
  };
  return (
    <Stack gap="md">
      <Toolbar as={view.as} text={text} onTurn={turn} onFile={(sent) => setView({ as: 'file', text: sent })} />
      {fault !== null && (
        <Text size="sm" c="var(--mantine-color-error)" role="alert">
          {fault}
        </Text>
      )}
      <Grid gap="xl">
        <Grid.Col span={{ base: 12, md: 7 }}>
          <Written
            ref={editor}
            {...{ view, text, told, problems: check.problems }}
            isNew={instance === null}
            onView={setView}
          />
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 5 }}>
          <Box pos="sticky" top={68}>
            <Stack gap="md">
              <CheckPanel
                check={check}
                problems={view.as === 'file' ? told : withoutLines(told)}
                unfilled={check.problems.length - told.length}
                {...(view.as === 'file' ? { onLine: (line: number) => editor.current?.showLine(line) } : {})}
              />
              {save.error && check.problems.length === 0 && <FileProblems error={save.error} />}
              <Button size="md" leftSection={<Save size={17} aria-hidden />} loading={save.isPending} onClick={submit}>
                {instance === null ? 'Create the instance' : 'Save the change'}
              </Button>
            </Stack>
          </Box>
        </Grid.Col>
      </Grid>
    </Stack>
  );
}

interface Writing {
  readonly view: View;
  readonly text: string;
  /** Those that fields of the form show. */
  readonly told: readonly AnsweredProblem[];
  readonly problems: readonly AnsweredProblem[];
  readonly isNew: boolean;
  readonly onView: (view: View) => void;
  readonly ref: Ref<FileEditorHandle>;
}

function Written({ view, text, told, problems, isNew, onView, ref }: Writing) {
  if (view.as === 'file')
    return (
      <FileEditor
        ref={ref}
        text={text}
        problems={problems}
        onChange={(written) => onView({ as: 'file', text: written })}
      />
    );
  const { draft } = view;
  return (
    <ProblemsContext value={told}>
      <FormFields
        draft={draft}
        isNew={isNew}
        onChange={(part) => onView({ as: 'form', draft: { ...draft, ...part } })}
      />
    </ProblemsContext>
  );
}

/** Who fills a form in sees no lines. */
function withoutLines(problems: readonly AnsweredProblem[]): readonly AnsweredProblem[] {
  return problems.map(({ line: _, ...problem }) => problem);
}

/** Creates or changes the instance of a file, and goes to its page. */
function useSave(instance: string | null) {
  const go = useNavigate();
  const show = (name: string) => void go({ to: '/instances/$instance', params: { instance: name } });
  const create = useAct('createInstance', {
    showsError: true,
    done: ({ name }) => `${name} is created.`,
    after: ({ name }) => show(name),
  });
  const update = useAct('updateInstance', {
    showsError: true,
    done: ({ outcome, changes, instance: { name } }) =>
      outcome === 'unchanged' ? `Nothing of ${name} was other.` : `${name} is changed: ${changes.join(', ')}.`,
    after: ({ instance: { name } }) => show(name),
  });
  const file = (contents: string) => ({ file: { type: FILE_TYPE, contents } });
  return instance === null
    ? { ...create, mutate: (text: string) => create.mutate(file(text)) }
    : { ...update, mutate: (text: string) => update.mutate({ params: { instance }, ...file(text) }) };
}

interface Tools {
  readonly as: View['as'];
  readonly text: string;
  readonly onTurn: (to: string) => void;
  readonly onFile: (text: string) => void;
}

function Toolbar({ as, text, onTurn, onFile }: Tools) {
  return (
    <Group justify="space-between">
      <SegmentedControl
        aria-label="How it is written"
        data={[
          { value: 'form', label: 'Form' },
          { value: 'file', label: 'File' },
        ]}
        value={as}
        onChange={onTurn}
      />
      <Group gap="xs">
        <FileButton onChange={(file) => void file?.text().then(onFile)} accept=".json,.yaml,.yml,application/json">
          {(props) => (
            <Button {...props} variant="default" size="xs" leftSection={<FileUp size={15} aria-hidden />}>
              Open a file
            </Button>
          )}
        </FileButton>
        <Button variant="default" size="xs" leftSection={<Download size={15} aria-hidden />} onClick={() => keep(text)}>
          Keep as a file
        </Button>
      </Group>
    </Group>
  );
}

/** Gives the file to the browser's downloads. */
function keep(text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
  const isJson = /^\s*\{/.test(text);
  const link = Object.assign(document.createElement('a'), {
    href: address,
    download: isJson ? 'instance.json' : 'instance.yaml',
  });
  link.click();
  URL.revokeObjectURL(address);
}
