import { TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { type ReactNode, useEffect, useRef, useState } from 'react';

import { Icon } from './icon';

interface SearchProps {
  /** What is searched. */
  readonly label: string;
  /** The terms in the address. */
  readonly value: string;
  readonly change: (terms: string) => void;
}

/** Looks while the visitor types, after a short pause. */
export function Search({ label, value, change }: SearchProps): ReactNode {
  const [typed, setTyped] = useState(value);
  const sent = useRef(value);
  // The address changes by itself too: by the back button, or a cleared filter.
  useEffect(() => {
    if (value !== sent.current) setTyped(value);
    sent.current = value;
  }, [value]);
  const send = useDebouncedCallback((terms: string) => {
    sent.current = terms.trim();
    change(terms.trim());
  }, 250);
  return (
    <TextInput
      className="search"
      type="search"
      aria-label={label}
      placeholder={label}
      leftSection={<Icon name="search" />}
      value={typed}
      // Otherwise a row that is clicked at once would be left again when the pause ends.
      onBlur={() => send.flush()}
      onChange={({ currentTarget }) => {
        setTyped(currentTarget.value);
        send(currentTarget.value);
      }}
    />
  );
}
