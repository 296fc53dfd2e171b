// Opens a report in Chromium with the network blocked and holds it to what it promises: no request but for the page itself, no error and
// no warning on the console, no breach of its policy, charts upgraded and answering the pointer, nothing cut, no sideways scrolling,
// whole without script and in print.
// usage: node check.mjs REPORT.html   CHROMIUM=/path/to/chromium
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

if (process.argv.length !== 3) {
  console.error('usage: node check.mjs REPORT.html');
  process.exit(64);
}
const url = pathToFileURL(resolve(process.argv[2])).href;
const failures = [];
let checks = 0;
let charts = 0;
const expect = (ok, what) => {
  checks++;
  if (!ok) failures.push(what);
};

// clipped lists the labels of visible pictures that stick out of their picture.
const clipped = () => [...document.querySelectorAll('.plot svg')].filter((svg) => svg.checkVisibility()).flatMap((svg) => {
  const box = svg.getBoundingClientRect();
  return [...svg.querySelectorAll('text')].filter((text) => {
    const t = text.getBoundingClientRect();
    return t.width > 0 && (t.left < box.left - 1 || t.right > box.right + 1 || t.top < box.top - 1 || t.bottom > box.bottom + 1);
  }).map((text) => text.closest('article').id + ': ' + text.textContent);
});

// state is what a page shows at one size.
const state = (page) => page.evaluate(() => ({
  plots: document.querySelectorAll('.plot').length,
  upgraded: document.querySelectorAll('.plot.drawn .live svg').length,
  stills: [...document.querySelectorAll('.plot .still svg')].filter((svg) => svg.checkVisibility()).length,
  sideways: document.documentElement.scrollWidth - document.documentElement.clientWidth,
  coverage: document.querySelector('.coverage').textContent,
  scrolling: [...document.querySelectorAll('.plot')].filter((p) => p.scrollWidth > p.clientWidth).map((p) => p.closest('article').id),
}));

async function open(browser, label, options, look) {
  const context = await browser.newContext({ offline: true, ...options });
  const page = await context.newPage();
  page.on('request', (r) => expect(r.url() === url, `${label}: it requests ${r.url().slice(0, 100)}`));
  page.on('console', (m) => expect(false, `${label}: console ${m.type()}: ${m.text()}`));
  page.on('pageerror', (e) => expect(false, `${label}: ${e.message}`));
  await page.goto(url, { waitUntil: 'load' });
  await page.waitForTimeout(300);
  await look(page, label);
  await context.close();
}

async function upgraded(page, label) {
  const s = await state(page);
  charts = s.plots;
  expect(s.coverage.length > 0, `${label}: the first line is empty`);
  expect(s.upgraded === s.plots && s.stills === 0, `${label}: ${s.upgraded} of ${s.plots} charts are upgraded, ${s.stills} still pictures left`);
  expect(s.sideways <= 0, `${label}: the page is ${s.sideways} px wider than the window`);
  expect(page.viewportSize().width < 1000 || s.scrolling.length === 0, `${label}: charts scroll sideways: ${s.scrolling}`);
  for (const text of await page.evaluate(clipped)) expect(false, `${label}: label is cut: ${text}`);
  for (const plot of (await page.locator('.plot').all()).slice(0, 3)) {
    await plot.scrollIntoViewIfNeeded();
    const box = await plot.boundingBox();
    await page.mouse.move(box.x + box.width / 2, box.y + 14);
    await page.mouse.move(box.x + box.width / 2 + 2, box.y + 15);
    await page.waitForTimeout(150);
    expect(await plot.locator('.tip-rows').count() === 1, `${label}: no tooltip under the pointer`);
  }
}

async function still(page, label) {
  const s = await state(page);
  expect(s.stills === s.plots, `${label}: ${s.stills} of ${s.plots} still pictures show`);
  expect(s.sideways <= 0, `${label}: the page is ${s.sideways} px wider than the window`);
  for (const text of await page.evaluate(clipped)) expect(false, `${label}: label is cut: ${text}`);
}

// Playwright starts it headless, on a profile that is empty and thrown away.
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});
try {
  await open(browser, '1280 px', { viewport: { width: 1280, height: 900 } }, upgraded);
  await open(browser, '1280 px, dark', { viewport: { width: 1280, height: 900 }, colorScheme: 'dark' }, upgraded);
  await open(browser, '390 px', { viewport: { width: 390, height: 844 } }, upgraded);
  await open(browser, 'without script', { viewport: { width: 1280, height: 900 }, javaScriptEnabled: false }, still);
  await open(browser, 'print', { viewport: { width: 794, height: 1123 } }, async (page, label) => {
    await page.emulateMedia({ media: 'print' });
    await still(page, label);
  });
} finally {
  await browser.close();
}
for (const f of failures) console.error(f);
console.log(`${process.argv[2]}: ${charts} charts, ${checks} checks, ${failures.length} failed`);
process.exit(failures.length === 0 ? 0 : 1);
