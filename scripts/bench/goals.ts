import type { Column, Moment, Row } from './report.js';

/** A goal for a figure, with the measured value. */
export interface Goal {
  readonly figure: string;
  readonly goal: string;
  readonly measured: string;
  readonly isMet: boolean;
}

/** Names of the moments that goals refer to. */
export const secondStart = 'second start';
export const afterAll = 'after all cases';
export const soakMinute = (minute: number): string => `soak, minute ${minute}`;

/** Goals for rates: the cases, the baselines, and the minimum rate of the service relative to them. */
const rates: readonly (readonly [
  cases: readonly string[],
  isBaseline: (target: string) => boolean,
  minimum: number,
])[] = [
  [['list of 20', 'list of 100', 'filtered list', 'retrieve'], is('ceiling'), 0.8],
  [['repeated list of 20'], is('ceiling'), 3],
  [['unchanged list of 20'], is('ceiling'), 5],
  [['list of 20', 'list of 100'], (target) => isPeer(target) && !isTuned(target), 10],
  [['list of 20', 'list of 100'], (target) => isPeer(target) && isTuned(target), 5],
  [['create', 'update'], isPeer, 3],
  [['list of 20 of 100,000'], is('email-stage, 1,000 stages'), 0.7],
  [['mails'], is('nodemailer'), 0.6],
];

function is(name: string): (target: string) => boolean {
  return (target) => target === name;
}

function isPeer(target: string): boolean {
  return !/^(email-stage.*|ceiling|nodemailer)$/.test(target);
}

function isTuned(target: string): boolean {
  return target.includes('tuned');
}

/** Returns the goals whose figures were measured. */
export function goalsOf(rows: readonly Row[], moments: readonly Moment[]): Goal[] {
  const rateGoals = rates.flatMap(([cases, isBaseline, minimum]) =>
    rows.flatMap(({ case: name, target, ratio }) =>
      ratio !== undefined && cases.includes(name) && isBaseline(target)
        ? atMost(`${name}, rate relative to ${target}`, -ratio, -minimum, (value) => `${(-value).toFixed(2)} ×`)
        : [],
    ),
  );
  return [...rateGoals, ...goalsOfMoments(moments)];
}

function goalsOfMoments(moments: readonly Moment[]): Goal[] {
  const at = (name: string): Moment | undefined => moments.find(({ moment }) => moment === name);
  const megabytes = (value: number): string => `${value.toFixed(0)} MB`;
  return [
    ...atMost(
      'start to ready, second start',
      at(secondStart)?.ready,
      4000,
      (value) => `${(value / 1000).toFixed(2)} s`,
    ),
    ...atMost('memory after all cases', at(afterAll)?.rss, 250, megabytes),
    ...atMost(
      'memory at the end of the soak, relative to its start',
      growth(moments),
      1.1,
      (value) => `${value.toFixed(2)} ×`,
    ),
  ];
}

function atMost(figure: string, value: number | undefined, limit: number, show: (value: number) => string): Goal[] {
  if (value === undefined) return [];
  const goal = `${limit < 0 ? 'at least' : 'at most'} ${show(limit)}`;
  return [{ figure, goal, measured: show(value), isMet: value <= limit }];
}

/** Returns the mean memory in the last third of the soak, relative to the first third. */
function growth(moments: readonly Moment[]): number | undefined {
  const minutes = moments.filter(({ moment }) => moment.startsWith('soak')).map(({ rss = Number.NaN }) => rss);
  const third = Math.floor(minutes.length / 3);
  return third === 0 ? undefined : mean(minutes.slice(-third)) / mean(minutes.slice(0, third));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

export const goalColumns: readonly Column<Goal>[] = [
  { title: 'figure', cell: ({ figure }) => figure },
  { title: 'goal', cell: ({ goal }) => goal, isNumber: true },
  { title: 'measured', cell: ({ measured }) => measured, isNumber: true },
  { title: '', cell: ({ isMet }) => (isMet ? 'met' : 'not met') },
];
