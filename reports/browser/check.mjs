// Opens a report in Chromium with the network blocked and holds it to what it promises: no request but for the page itself, no error and
// no warning on the console, no breach of its policy, charts upgraded and answering the pointer, nothing cut and nothing overlapping, no
// sideways scrolling, filter, sorting, search and downloads, whole without script, under a strict policy of the server and in print, in
// bytes and in time, for those who do not see (axe-core), and as valid HTML.
// usage: node check.mjs REPORT.html [FOLDER for screenshots]   CHROMIUM=/path/to/chromium
import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { HtmlValidate } from 'html-validate';
import { chromium } from 'playwright-core';

if (process.argv.length < 3 || process.argv.length > 4) {
  console.error('usage: node check.mjs REPORT.html [FOLDER]');
  process.exit(64);
}
const file = resolve(process.argv[2]);
const url = pathToFileURL(file).href;
const folder = process.argv[3];
if (folder) mkdirSync(folder, { recursive: true });
const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const failures = [];
let checks = 0;
let charts = 0;
const expect = (ok, what) => {
  checks++;
  if (!ok) failures.push(what);
};

// faults lists the labels of visible pictures that stick out of their picture, and pairs of labels that lie on each other.
const faults = () => [...document.querySelectorAll('.plot svg')].filter((svg) => svg.checkVisibility()).flatMap((svg) => {
  const box = svg.getBoundingClientRect();
  const where = (svg.closest('article') ?? svg.parentElement).id;
  const labels = [...svg.querySelectorAll('text')].map((text) => [text.textContent, text.getBoundingClientRect()]).filter(([, t]) => t.width > 0);
  const cut = labels.filter(([, t]) => t.left < box.left - 1 || t.right > box.right + 1 || t.top < box.top - 1 || t.bottom > box.bottom + 1)
    .map(([text]) => where + ': label is cut: ' + text);
  const over = [];
  for (let i = 0; i < labels.length; i++) {
    for (let j = i + 1; j < labels.length && over.length < 3; j++) {
      const [a, b] = [labels[i][1], labels[j][1]];
      const width = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (width > 1.5 && height > 4) over.push(where + ': labels overlap: ' + labels[i][0] + ' | ' + labels[j][0]);
    }
  }
  return [...cut, ...over];
});

// state is what a page shows at one size.
const state = (page) => page.evaluate(() => ({
  plots: document.querySelectorAll('.plot[data-height]').length,
  upgraded: document.querySelectorAll('.plot.drawn .live svg').length,
  stills: [...document.querySelectorAll('.plot .still svg')].filter((svg) => svg.checkVisibility()).length,
  sideways: document.documentElement.scrollWidth - document.documentElement.clientWidth,
  coverage: document.querySelector('.coverage').textContent,
  scrolling: [...document.querySelectorAll('.plot[data-height]')].filter((p) => p.scrollWidth > p.clientWidth).map((p) => p.closest('article').id),
}));

// see scrolls through the page, so that every chart is drawn.
const see = (page) => page.evaluate(async () => {
  for (const plot of document.querySelectorAll('.plot')) {
    plot.scrollIntoView({ block: 'center' });
    await new Promise((done) => { requestAnimationFrame(() => setTimeout(done, 40)); });
  }
  scrollTo(0, 0);
  await new Promise((done) => { setTimeout(done, 150); });
});

const keep = async (page, label) => {
  if (folder) await page.screenshot({ path: join(folder, label.replace(/[^a-z0-9]+/gi, '-') + '.png') });
};

// open looks at the page in a context of its own; an address other than the file's is answered with it.
async function open(browser, label, options, look, address = url, headers = null) {
  const context = await browser.newContext({ offline: !headers, acceptDownloads: true, ...options });
  const page = await context.newPage();
  if (headers) await page.route('**', (route) => route.fulfill({ path: file, headers, contentType: 'text/html; charset=utf-8' }));
  page.on('request', (r) => expect(r.url().replace(/#.*/, '') === address.replace(/#.*/, '') || r.url().startsWith('data:image/svg+xml') || r.url().startsWith('blob:'), `${label}: it requests ${r.url().slice(0, 100)}`));
  if (!headers) page.on('console', (m) => expect(false, `${label}: console ${m.type()}: ${m.text()}`));
  page.on('pageerror', (e) => expect(false, `${label}: ${e.message}`));
  await page.goto(address, { waitUntil: 'load' });
  await page.waitForTimeout(300);
  await look(page, label);
  await context.close();
}

async function upgraded(page, label) {
  await keep(page, label);
  await see(page);
  const s = await state(page);
  charts = s.plots;
  expect(s.coverage.length > 0, `${label}: the first line is empty`);
  expect(s.upgraded === s.plots && s.stills === 0, `${label}: ${s.upgraded} of ${s.plots} charts are upgraded, ${s.stills} still pictures left`);
  expect(s.sideways <= 0, `${label}: the page is ${s.sideways} px wider than the window`);
  expect(page.viewportSize().width < 1000 || s.scrolling.length === 0, `${label}: charts scroll sideways: ${s.scrolling}`);
  for (const text of await page.evaluate(faults)) expect(false, `${label}: ${text}`);
  for (const id of ['network', 'who', 'suspects']) {
    const section = page.locator('#' + id);
    if (await section.count() === 0) continue;
    await section.scrollIntoViewIfNeeded();
    await page.evaluate((name) => document.getElementById(name).scrollIntoView(), id);
    await page.waitForTimeout(100);
    await keep(page, label + ' ' + id);
  }
}

async function hover(page, label) {
  await see(page);
  for (const plot of (await page.locator('.plot[data-height]').all()).slice(0, 4)) {
    await plot.evaluate((p) => p.scrollIntoView({ block: 'start' }));
    await page.waitForTimeout(100);
    const box = await plot.boundingBox();
    for (const [x, y] of [[0.5, 14], [0.5, 16], [0.4, 30], [0.55, Math.min(box.height, 600) / 2]]) await page.mouse.move(box.x + box.width * x, box.y + y);
    await page.waitForTimeout(150);
    const tip = await plot.locator('.tip-rows').count();
    expect(tip === 1, `${label}: no tooltip under the pointer of ${await plot.evaluate((p) => p.closest('article').id)}`);
  }
}

// work uses the page as a reader would.
async function work(page, label) {
  const table = page.locator('table[data-name="captures"]');
  if (await table.count() > 0) {
    const numbers = () => table.evaluate((t) => {
      const column = [...t.tHead.rows[0].cells].findIndex((th) => th.dataset.col === 'frames');
      return [...t.tBodies[0].rows].map((row) => Number(row.cells[column].textContent.replace(/,/g, '')));
    });
    const frames = table.locator('th[data-col="frames"] button');
    if (await frames.count() > 0) {
      await frames.click();
      const sorted = (await numbers()).toSorted((a, b) => b - a);
      expect(JSON.stringify(await numbers()) === JSON.stringify(sorted), `${label}: a column is not sorted from the greatest`);
      await page.keyboard.press('Enter');
      expect(JSON.stringify(await numbers()) === JSON.stringify(sorted.toReversed()), `${label}: the keyboard does not turn the order round`);
    }
    const [csv] = await Promise.all([page.waitForEvent('download'), page.locator('article#q-captures .tools button').first().click()]);
    const text = readFileSync(await csv.path(), 'utf8');
    expect(csv.suggestedFilename() === 'captures.csv' && text.startsWith('source,') && !/\d,\d{3}\b(?=.*")/.test(text.split('\r\n')[0]), `${label}: the CSV is ${text.slice(0, 80)}`);
  }
  await search(page, label);
  const plot = page.locator('#q-addresses-sending-payloads .plot');
  if (await plot.count() === 0) return;
  await plot.scrollIntoViewIfNeeded();
  await page.waitForTimeout(200);
  for (const [name, head] of [['svg', '<svg'], ['png', '\u0089PNG']]) {
    const [picture] = await Promise.all([page.waitForEvent('download'), page.locator('#q-addresses-sending-payloads .corner button', { hasText: name.toUpperCase() }).click()]);
    expect(readFileSync(await picture.path(), 'latin1').startsWith(head), `${label}: the ${name} is none`);
  }
  const bars = () => plot.evaluate((p) => [...p.querySelectorAll('.live svg text')].map((t) => t.textContent).join(' '));
  const before = await bars();
  const address = await page.evaluate(() => {
    const cube = JSON.parse(document.getElementById('cube').textContent);
    return cube.names[cube.src.find((n, i) => n >= 0 && cube.names[n] !== 'others' && cube.payload_bytes[i] > 0)];
  });
  await page.locator('#controls input[type="text"]').fill(address);
  await page.keyboard.press('Enter');
  await page.locator('#controls input[type="text"]').blur();
  await page.waitForTimeout(300);
  expect(await bars() !== before, `${label}: the filter for ${address} changes no chart`);
  expect((await bars()).includes(address), `${label}: the filter for ${address} does not show it`);
  expect(page.url().includes('ip='), `${label}: the filter is not in the link`);
  await see(page);
  for (const text of await page.evaluate(faults)) expect(false, `${label}, filtered: ${text}`);
  await keep(page, label + ' filtered');
  const range = page.locator('#controls input[type="range"]').first();
  await range.focus();
  for (let i = 0; i < 3; i++) await page.keyboard.press('ArrowRight');
  await page.waitForTimeout(200);
  expect(page.url().includes('t='), `${label}: the time is not in the link`);
  const link = page.url();
  await page.goto('about:blank');
  await page.goto(link);
  await page.waitForTimeout(300);
  expect(await page.locator('#controls input[type="text"]').inputValue() === address, `${label}: the link does not bring the filter back`);
  await page.locator('#controls button', { hasText: /reset|重設/i }).click();
  await page.waitForTimeout(300);
  await plot.scrollIntoViewIfNeeded();
  await page.waitForTimeout(300);
  expect(await bars() === before, `${label}: after a reset the chart is another`);
}

// search types into the box of the largest table in sight: rows that hold the text stay, and the CSV has only those.
async function search(page, label) {
  const id = await page.evaluate(() => [...document.querySelectorAll('article')].filter((a) => a.querySelector('table')?.checkVisibility() && a.querySelector('.tools input'))
    .toSorted((a, b) => b.querySelectorAll('tbody tr').length - a.querySelectorAll('tbody tr').length)[0]?.id);
  if (!id) return;
  const article = page.locator(`[id="${id}"]`);
  const rows = () => article.evaluate((a) => [...a.querySelectorAll('tbody tr')].filter((r) => r.checkVisibility()).map((r) => r.textContent.toLowerCase()));
  const before = await rows();
  const text = await article.evaluate((a) => a.querySelector('tbody tr:last-child').cells[0].textContent.trim().toLowerCase());
  await article.locator('.tools input').fill(text);
  await page.waitForTimeout(200);
  const left = await rows();
  expect(left.length > 0 && left.length <= before.length && left.every((row) => row.includes(text)), `${label}: a search for ${text} in ${id} leaves ${left.length} of ${before.length} rows`);
  await article.locator('.tools input').fill('');
  await page.waitForTimeout(200);
  expect((await rows()).length === before.length, `${label}: an empty search does not bring the rows back`);
}

// nights sorts the page over all nights, whose table is the same without a script.
async function nights(page, label) {
  const names = () => page.evaluate(() => [...document.querySelector('table[data-name="nights"]').tBodies[0].rows].map((row) => row.cells[0].textContent));
  const before = await names();
  await page.locator('th[data-col="night"] button').click();
  expect(JSON.stringify(await names()) === JSON.stringify(before.toSorted()), `${label}: nights are not sorted`);
  await page.locator('th[data-col="packets"] button').click();
  const exact = await page.evaluate(() => [...document.querySelectorAll('table[data-name="nights"] tbody tr')].map((row) => Number(row.cells[4].dataset.v)));
  expect(exact.length > 0 && JSON.stringify(exact) === JSON.stringify(exact.toSorted((a, b) => b - a)), `${label}: packets are not sorted from the greatest: ${exact}`);
}

// local switches to the reader's time zone.
async function local(page, label) {
  const times = () => page.evaluate(() => document.querySelector('time').textContent);
  const before = await times();
  await page.locator('#controls [aria-pressed="false"]').click();
  expect(await times() !== before, `${label}: times are the same in Taipei`);
  expect(page.url().includes('tz=local'), `${label}: the zone is not in the link`);
  await see(page);
  for (const text of await page.evaluate(faults)) expect(false, `${label}: ${text}`);
}

async function still(page, label) {
  const s = await state(page);
  expect(s.stills === s.plots, `${label}: ${s.stills} of ${s.plots} still pictures show`);
  expect(s.sideways <= 0, `${label}: the page is ${s.sideways} px wider than the window`);
  for (const text of await page.evaluate(faults)) expect(false, `${label}: ${text}`);
  await keep(page, label);
}

// strict is what a server such as Jenkins lets through: no script and no style.
async function strict(page, label) {
  const s = await page.evaluate(() => ({
    text: document.body.innerText.length, stills: [...document.querySelectorAll('.plot .still svg')].filter((svg) => svg.checkVisibility()).length,
    plots: document.querySelectorAll('.plot[data-height]').length, code: [...document.querySelectorAll('script')].filter((e) => e.checkVisibility()).length,
  }));
  // The page over all nights has no charts, and little text.
  expect(s.text > (s.plots ? 500 : 200) && s.code === 0, `${label}: ${s.text} characters of text, ${s.code} scripts in sight`);
  expect(s.stills === s.plots, `${label}: ${s.stills} of ${s.plots} pictures show`);
  await keep(page, label);
}

async function axe(page, label) {
  await page.evaluate(() => { for (const d of document.querySelectorAll('details.data, details.closed')) d.open = true; });
  await page.evaluate(axeSource);
  const result = await page.evaluate(() => axe.run(document, { resultTypes: ['violations'] }));
  for (const v of result.violations.filter((one) => ['serious', 'critical'].includes(one.impact))) {
    expect(false, `${label}: axe ${v.id} (${v.impact}): ${v.help}: ${v.nodes.length} nodes, such as ${v.nodes[0].html.slice(0, 160)} ${v.nodes[0].failureSummary?.slice(0, 200)}`);
  }
  checks++;
}

async function speed(page, label) {
  const t = await page.evaluate(() => ({
    paint: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0, ready: performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd,
  }));
  expect(t.paint <= 1000 && t.ready <= 3000, `${label}: first paint after ${Math.round(t.paint)} ms, at work after ${Math.round(t.ready)} ms`);
  console.log(`${label}: first paint after ${Math.round(t.paint)} ms, at work after ${Math.round(t.ready)} ms, ${statSync(file).size} bytes`);
}

// pictures makes those of docs/report.md.
async function pictures(page) {
  await see(page);
  for (const [name, anchor] of [['top', null], ['network', 'network']]) {
    if (anchor) await page.evaluate((id) => document.getElementById(id)?.scrollIntoView(), anchor);
    await page.waitForTimeout(200);
    await page.screenshot({ path: join(folder, name + '.png') });
  }
}

async function phone(page) {
  await see(page);
  await page.evaluate(() => document.getElementById('who')?.scrollIntoView());
  await page.waitForTimeout(200);
  await page.screenshot({ path: join(folder, 'phone.png') });
}

async function validate() {
  const checker = new HtmlValidate({ root: true, extends: ['html-validate:standard'], rules: { 'require-sri': 'off', 'no-inline-style': 'off', 'long-title': 'off' } });
  const report = await checker.validateFile(file);
  for (const m of (report.results[0]?.messages ?? []).filter((one) => one.severity === 2).slice(0, 10)) expect(false, `html-validate: ${m.ruleId}: ${m.message} (line ${m.line})`);
  checks++;
}

// Playwright starts it headless, on a profile that is empty and thrown away.
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});
const size = (width, height) => ({ viewport: { width, height } });
try {
  expect(statSync(file).size <= 5e6, `the page has ${statSync(file).size} bytes`);
  await open(browser, 'speed', size(1440, 900), speed);
  for (const [width, height] of [[360, 780], [768, 1024], [1440, 900], [2560, 1300]]) await open(browser, `${width} px`, size(width, height), upgraded);
  await open(browser, '1440 px, dark', { ...size(1440, 900), colorScheme: 'dark' }, upgraded);
  if (readFileSync(file, 'utf8').includes('<table data-name="nights">')) {
    await open(browser, 'nights', size(1440, 900), nights);
  } else {
    await open(browser, 'hover', size(1440, 900), hover);
    await open(browser, 'work', size(1440, 900), work);
    await open(browser, 'Taipei', { ...size(1440, 900), timezoneId: 'Asia/Taipei' }, local);
  }
  await open(browser, 'axe', size(1440, 900), axe);
  await open(browser, 'axe, dark', { ...size(1440, 900), colorScheme: 'dark' }, axe);
  await open(browser, 'without script', { ...size(1440, 900), javaScriptEnabled: false }, still);
  await open(browser, 'without script, 360 px', { ...size(360, 780), javaScriptEnabled: false }, still);
  await open(browser, 'strict policy', size(1440, 900), strict, 'http://report.invalid/report.html', {
    'content-security-policy': "sandbox; default-src 'none'; img-src 'self'; style-src 'self';",
  });
  await open(browser, 'print', size(794, 1123), async (page, label) => {
    await see(page);
    await page.emulateMedia({ media: 'print' });
    await still(page, label);
    const pdf = await page.pdf({ format: 'A4' });
    const least = (await page.locator('.plot[data-height]').count()) ? 20000 : 10000;
    expect(pdf.subarray(0, 5).toString() === '%PDF-' && pdf.length > least, `${label}: the PDF has ${pdf.length} bytes`);
  });
  await validate();
  if (folder) {
    await open(browser, 'pictures', { ...size(1280, 800), deviceScaleFactor: 0.7 }, pictures);
    await open(browser, 'phone', { ...size(390, 780), deviceScaleFactor: 0.8 }, phone);
  }
} finally {
  await browser.close();
}
for (const f of [...new Set(failures)].slice(0, 60)) console.error(f);
console.log(`${process.argv[2]}: ${charts} charts, ${checks} checks, ${failures.length} failed`);
process.exit(failures.length === 0 ? 0 : 1);
