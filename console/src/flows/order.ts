/** A step, as far as its place matters. */
interface Placed {
  readonly pk: string;
  readonly order: number;
}

const gap = 10;

/**
 * Returns the new orders that move a step to another place, in the sequence in which to save them. One is enough where
 * there is room between its neighbours. Otherwise all get new ones above the present ones, the last step first: after each
 * save, the steps that are not moved have their order, so that visitors of the flow are not sent another way meanwhile.
 */
export function ordersAfterMove(steps: readonly Placed[], from: number, to: number): readonly Placed[] {
  const moved = steps[from];
  if (moved === undefined || from === to) return [];
  const others = steps.filter((step) => step !== moved);
  const before = others[to - 1];
  const after = others[to];
  if (after === undefined) return [{ pk: moved.pk, order: (before?.order ?? 0) + gap }];
  const lowest = before === undefined ? after.order - 2 * gap : before.order;
  const middle = Math.floor((lowest + after.order) / 2);
  const start = before === undefined && after.order > 0 ? Math.floor(after.order / 2) : middle;
  if (start > lowest && start < after.order) return [{ pk: moved.pk, order: start }];
  const highest = Math.max(...steps.map(({ order }) => order));
  const wanted = [...others.slice(0, to), moved, ...others.slice(to)];
  return wanted.map(({ pk }, index) => ({ pk, order: highest + (index + 1) * gap })).reverse();
}
