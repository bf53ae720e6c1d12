import { createTheme, type MantineColorsTuple } from '@mantine/core';

/** The blue of the pages. */
const brand: MantineColorsTuple = [
  '#eef3ff',
  '#dce5fb',
  '#b6c8f5',
  '#8ea9f0',
  '#6c8feb',
  '#4a72e2',
  '#2f5bd6',
  '#2450c8',
  '#1c43ad',
  '#153690',
];

/** The neutral colours of the pages: all texts have a contrast of at least 4.5. */
const gray: MantineColorsTuple = [
  '#f7f8fa',
  '#f1f2f5',
  '#e6e8ed',
  '#dcdfe5',
  '#c5cad3',
  '#8b93a1',
  '#5b6370',
  '#454c58',
  '#2b303a',
  '#15181e',
];

const dark: MantineColorsTuple = [
  '#eef0f4',
  '#cdd2db',
  '#a2a9b6',
  '#7b8494',
  '#2e343e',
  '#242931',
  '#181b21',
  '#101216',
  '#0b0d10',
  '#08090b',
];

/** The red of the pages. White on it has a contrast of at least 5. */
const red: MantineColorsTuple = [
  '#fdf0ef',
  '#f9dcd9',
  '#f2b8b3',
  '#ea938b',
  '#e2685e',
  '#d94a3f',
  '#c2332a',
  '#b3261e',
  '#98190f',
  '#7d1109',
];

const font = "Inter, 'Inter stand-in', system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', Arial, sans-serif";

/** Colours, fonts and sizes of the console. */
export const theme = createTheme({
  primaryColor: 'brand',
  primaryShade: { light: 7, dark: 6 },
  colors: { brand, gray, dark, red },
  black: '#15181e',
  fontFamily: font,
  fontFamilyMonospace: "ui-monospace, SFMono-Regular, Menlo, Consolas, 'Liberation Mono', monospace",
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.875rem', lg: '1rem', xl: '1.25rem' },
  headings: { fontFamily: font, fontWeight: '600', sizes: { h1: { fontSize: '1.375rem', lineHeight: '1.3' } } },
  defaultRadius: 'md',
  cursorType: 'pointer',
  focusRing: 'auto',
  components: {
    Button: { defaultProps: { size: 'sm' } },
    Modal: { defaultProps: { centered: true, radius: 'lg' } },
    Tooltip: { defaultProps: { openDelay: 300 } },
  },
});
