import type { Schema } from '../api/client';

export type Step = Schema<'EmailStageCheck'>['steps'][number];

/**
 * Reads the events of a check.
 *
 * @param onStep is called with each step as it ends
 * @returns the result, which is the last event
 * @throws Error without words if the connection ends before
 */
export async function readCheck(
  events: ReadableStream<Uint8Array<ArrayBuffer>>,
  onStep: (step: Step) => void,
): Promise<Schema<'EmailStageCheck'>> {
  const reader = events.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  for (;;) {
    const { value, done } = await reader.read();
    if (done) throw new Error('');
    text += value;
    const messages = text.split('\n\n');
    text = messages.pop() ?? '';
    for (const message of messages) {
      const [, event, data = ''] = /^event: (\w+)\ndata: (.*)$/.exec(message) ?? [];
      if (event === 'result') return JSON.parse(data) as Schema<'EmailStageCheck'>;
      if (event === 'step') onStep(JSON.parse(data) as Step);
    }
  }
}
