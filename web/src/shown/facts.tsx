// What is known of one thing, name by name.
import { Box } from '@mantine/core';
import { Fragment, type ReactNode } from 'react';
import styles from './facts.module.css';

/** One thing that is known; null: left out. */
export type Fact = readonly [label: string, value: ReactNode] | null;

/** Facts, one below the other. */
export function Facts({ facts }: { readonly facts: readonly Fact[] }) {
  return (
    <Box component="dl" className={styles.facts} fz="sm">
      {facts.map(
        (fact) =>
          fact && (
            <Fragment key={fact[0]}>
              <dt>{fact[0]}</dt>
              <dd>{fact[1]}</dd>
            </Fragment>
          ),
      )}
    </Box>
  );
}
