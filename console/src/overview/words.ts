import { currentFormats } from '../texts/texts';

export function numberText(count: number): string {
  return new Intl.NumberFormat(currentFormats()).format(count);
}

export function shareText(part: number): string {
  return new Intl.NumberFormat(currentFormats(), { style: 'percent', maximumFractionDigits: 1 }).format(part);
}

const units = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
] as const;

/** Returns a duration in its largest unit, such as `4 min`. */
export function durationText(seconds: number): string {
  const [unit, size] = units.find(([, least]) => seconds >= least) ?? (['second', 1] as const);
  const format = { style: 'unit', unit, unitDisplay: 'short', maximumFractionDigits: size === 1 ? 0 : 1 } as const;
  return new Intl.NumberFormat(currentFormats(), format).format(seconds / size);
}
