import { describe, expect, it } from 'vitest';

import { accentOf, contrastOf } from './accent.js';

const colours = ['#2450c8', '#000000', '#ffffff', '#ffe600', '#ff0000', '#808080', '#0f0', '#123'];

describe.each(colours)('The accent %s', (colour) => {
  it('has enough contrast on every surface and under its text', () => {
    const { light, dark } = accentOf(colour);
    for (const { fill, onFill } of [light, dark]) expect(contrastOf(fill, onFill)).toBeGreaterThanOrEqual(4.5);
    expect(contrastOf(light.ink, '#f4f5f7')).toBeGreaterThanOrEqual(4.5);
    expect(contrastOf(dark.ink, '#1d2127')).toBeGreaterThanOrEqual(4.5);
  });
});

it('keeps a colour that has enough contrast', () => {
  expect(accentOf('#2450c8').light).toEqual({ fill: '#2450c8', onFill: '#ffffff', ink: '#2450c8' });
  expect(accentOf('#ffe600').dark).toEqual({ fill: '#ffe600', onFill: '#10151c', ink: '#ffe600' });
});

it('computes the contrast ratio of WCAG', () => {
  expect(contrastOf('#000', '#fff')).toBeCloseTo(21, 5);
  expect(contrastOf('#777777', '#ffffff')).toBeCloseTo(4.48, 2);
});
