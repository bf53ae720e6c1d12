import { readFile } from 'node:fs/promises';

/** A code block of `docs/integrate.md`. */
export interface Example {
  readonly heading: string;
  readonly language: string;
  readonly code: string;
}

/** Returns the code blocks of `docs/integrate.md`. */
export async function integrationExamples(): Promise<Example[]> {
  const page = await readFile(new URL('../../docs/integrate.md', import.meta.url), 'utf8');
  const sections = page.split(/^## /m).slice(1);
  return sections.flatMap((section) =>
    [...section.matchAll(/^```(\w+)\n([^]*?)^```$/gm)].map(([, language = '', code = '']) => ({
      heading: section.slice(0, section.indexOf('\n')),
      language,
      code,
    })),
  );
}
