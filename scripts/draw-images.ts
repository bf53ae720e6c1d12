import { fileURLToPath } from 'node:url';

import { chromium } from 'playwright-core';

/** The bundled images: file name, size in pixels, and content as SVG. */
const images = [
  {
    file: 'flow_background.jpg',
    width: 1600,
    height: 1000,
    drawing: `
      <defs>
        <linearGradient id="sky" x1="0" y1="0" x2="0.6" y2="1">
          <stop offset="0" stop-color="#0f2a43"/>
          <stop offset="0.55" stop-color="#1f5673"/>
          <stop offset="1" stop-color="#7fb0a8"/>
        </linearGradient>
      </defs>
      <rect width="1600" height="1000" fill="url(#sky)"/>
      <path d="M0 720 C 320 600 620 830 930 700 S 1400 560 1600 660 V1000 H0 Z" fill="#0d3b4f" fill-opacity="0.55"/>
      <path d="M0 820 C 280 730 560 920 900 810 S 1360 720 1600 790 V1000 H0 Z" fill="#0b2f42" fill-opacity="0.6"/>
      <path d="M0 910 C 360 850 700 980 1050 900 S 1460 860 1600 890 V1000 H0 Z" fill="#081f2d" fill-opacity="0.7"/>`,
  },
  {
    file: 'user_default.png',
    width: 128,
    height: 128,
    drawing: `
      <rect width="128" height="128" fill="#d6dde3"/>
      <circle cx="64" cy="50" r="22" fill="#7c8c99"/>
      <path d="M20 128 C 20 96 40 82 64 82 S 108 96 108 128 Z" fill="#7c8c99"/>`,
  },
];

const folder = fileURLToPath(new URL('../src/flows/backgrounds/images/', import.meta.url));
const browser = await chromium.launch({ executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium' });
for (const { file, width, height, drawing } of images) {
  const page = await browser.newPage({ viewport: { width, height } });
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${drawing}</svg>`;
  await page.setContent(`<style>body{margin:0}svg{display:block}</style>${svg}`);
  const path = `${folder}${file}`;
  await page.screenshot(file.endsWith('.jpg') ? { path, type: 'jpeg', quality: 70 } : { path, type: 'png' });
}
await browser.close();
