// One line of a log: text and the colours that it asks for, never markup.
import Anser from 'anser';
import { Fragment, memo } from 'react';
import type { AnswerOf } from '../../../src/api/contract/answers.ts';
import styles from './log-view.module.css';

/** A line as the platform tells it. */
export type ToldLine = AnswerOf<'logWindow'>['items'][number];

interface Drawn {
  readonly number: number;
  /** Undefined: not loaded yet. */
  readonly line: ToldLine | undefined;
  readonly sought: string;
  readonly isMatch: boolean;
}

const TIME = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium', hour12: false });

/** Number, time and text. */
export const LogLine = memo(function LogLine({ number, line, sought, isMatch }: Drawn) {
  const stream = line?.stream === 'stderr' || line?.stream === 'gap' ? styles[line.stream] : '';
  return (
    <div className={[styles.line, isMatch ? styles.match : '', stream].join(' ')} data-line={number}>
      <span className={styles.number}>{number + 1}</span>
      {line && (
        <>
          <time className={styles.time} dateTime={line.at} title={`${line.at} ${line.task}`}>
            {TIME.format(new Date(line.at))}
          </time>
          <span>
            <Coloured text={line.text} sought={sought} />
            {line.cut && ' …'}
          </span>
        </>
      )}
    </div>
  );
});

function Coloured({ text, sought }: { readonly text: string; readonly sought: string }) {
  if (!text.includes('\u001b')) return <Marked text={text} sought={sought} />;
  return piecesOf(text).map(({ content, at, colour, decorations }) => (
    <span key={at} className={classesOf(colour, decorations)}>
      <Marked text={content} sought={sought} />
    </span>
  ));
}

/** Stretches of one colour, with the places where they begin. */
function piecesOf(text: string) {
  let at = 0;
  return Anser.ansiToJson(text, { json: true, use_classes: true, remove_empty: true }).map((piece) => {
    const place = at;
    at += piece.content.length;
    return { content: piece.content, at: place, colour: piece.fg, decorations: piece.decorations };
  });
}

function classesOf(colour: string | null, decorations: readonly string[]): string {
  return [colour ?? '', decorations.includes('bold') ? 'ansi-bold' : ''].join(' ').trim();
}

function Marked({ text, sought }: { readonly text: string; readonly sought: string }) {
  if (sought === '' || !text.includes(sought)) return text;
  const parts = text.split(sought);
  return parts.map((part, at) => {
    const isLast = at === parts.length - 1;
    return (
      <Fragment key={parts.slice(0, at).join(sought).length}>
        {part}
        {!isLast && <mark>{sought}</mark>}
      </Fragment>
    );
  });
}
