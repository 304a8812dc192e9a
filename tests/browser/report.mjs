// What must be true of a report in a real browser: node report.mjs CHROMIUM REPORT HOSTILE-REPORT [FOLDER-FOR-PICTURES]

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Chromium } from './chromium.mjs';

const MANY = 100_000;
const [program, report, hostile, pictures] = process.argv.slice(2);
const url = pathToFileURL(resolve(report)).href;
const BLOCK = /(<script type="application\/json" id="journeys-data">)([^<]*)/;

const data = JSON.parse(BLOCK.exec(readFileSync(report, 'utf8'))[2]);
const column = (name) => data.columns.find((one) => one.name === name).texts;
const texts = (name) => column(name).at.map((at) => column(name).texts[at]);
const count = 'document.getElementById("count").textContent';
const cells = (name) => `[...document.querySelectorAll('#rows .row')].map((row) => row.querySelector('[data-column="${name}"]').textContent)`;
const set = (name, value) => `{ const field = document.getElementById('filter-${name}'); field.value = ${JSON.stringify(value)}; field.dispatchEvent(new Event('input')); }`;

// A page that was opened without a complaint and asked nobody for anything.
async function opened(page, address) {
  page.complaints.length = 0;
  page.requests.length = 0;
  await page.open(address);
  return () => {
    assert.deepEqual(page.complaints, []);
    // The browser draws the signs of its own fields from such addresses.
    assert.deepEqual(page.requests.filter((request) => !request.startsWith('data:image/svg+xml')), [address]);
  };
}

async function filters(page) {
  const failed = texts('verdict').filter((verdict) => !['delivered', 'handed-off', 'unknown'].includes(verdict)).length;
  assert.equal(await page.value(count), `${data.rows} mails`);
  const narrowed = async (name, value, mails) => {
    await page.value(set(name, value));
    await page.until(`${count} === ${JSON.stringify(`${mails} of ${data.rows} mails`)}`);
  };
  await narrowed('verdict', '!', failed);
  assert.ok((await page.value(cells('verdict'))).every((verdict) => verdict !== 'delivered'));
  const rule = texts('rule').find((text) => text !== '');
  await narrowed('rule', rule, texts('rule').filter((text) => text === rule).length);
  await page.value('document.getElementById("reset").click()');
  await page.until(`${count} === '${data.rows} mails'`);
  const domain = texts('recipient').map((text) => text.split('@')[1]).find((text) => text);
  for (const [name, value, of, holds] of [
    ['owner', texts('owner').find((text) => text !== ''), 'owner', (text, value) => text === value],
    ['option', texts('option')[0], 'option', (text, value) => text === value],
    ['sender', texts('sender')[0].slice(0, 5), 'sender', (text, value) => text.toLowerCase().includes(value)],
    ['domain', domain, 'recipient', (text, value) => text.split('@').pop().includes(value)],
    ['text', texts('journey')[3], 'journey', (text, value) => text === value],
  ]) {
    await page.value(set(name, value));
    const mails = texts(of).filter((text) => holds(text, value)).length;
    await page.until(`${count} === ${JSON.stringify(mails === data.rows ? `${data.rows} mails` : `${mails} of ${data.rows} mails`)}`);
    await page.value(set(name, ''));
    await page.until(`${count} === '${data.rows} mails'`);
  }
  const middle = await page.value(`${cells('time')}[5]`);
  await page.value(set('from', middle.slice(0, 16).replace(' ', 'T')));
  await page.until(`${count}.includes(' of ')`);
  assert.ok((await page.value(cells('time'))).every((time) => time >= middle.slice(0, 16)));
  await page.value('document.getElementById("reset").click()');
  await page.until(`${count} === '${data.rows} mails'`);
}

async function sorting(page) {
  for (const name of ['time', 'recipient', 'verdict']) {
    const sort = `document.querySelector('#head [data-column="${name}"] button').click()`;
    await page.value(sort);
    const up = (await page.value(cells(name))).filter((text) => text !== '').map((text) => text.toLowerCase());
    assert.deepEqual(up, [...up].sort(), name);
    assert.equal(await page.value(`document.querySelector('#head [data-column="${name}"]').ariaSort`), 'ascending');
    await page.value(sort);
    const down = (await page.value(cells(name))).filter((text) => text !== '').map((text) => text.toLowerCase());
    assert.deepEqual(down, [...down].sort().reverse(), name);
  }
}

async function keyboard(page) {
  await page.value('document.activeElement.blur()');
  await page.key('/');
  assert.equal(await page.value('document.activeElement.id'), 'filter-text');
  const wanted = texts('journey')[2];
  await page.type(wanted);
  await page.until(`${count} === '1 of ${data.rows} mails'`);
  await page.value('document.getElementById("reset").click(); document.getElementById("view").focus()');
  await page.until(`${count} === '${data.rows} mails'`);
  for (const key of ['ArrowDown', 'ArrowDown', 'PageDown', 'ArrowUp', 'End', 'Home', 'ArrowDown']) await page.key(key);
  assert.equal(await page.value('document.getElementById("view").getAttribute("aria-activedescendant")'), 'row-1');
  const subject = (await page.value(cells('subject')))[1];
  await page.key('Enter');
  assert.ok(await page.value('document.getElementById("journey").open'));
  const title = await page.value('document.getElementById("journey-title").textContent');
  assert.ok(title.endsWith(subject), `${title}: ${subject}`);
  assert.ok(await page.value('document.querySelectorAll("#journey .timeline li pre").length') > 0);
  await page.key('Escape');
  assert.ok(!(await page.value('document.getElementById("journey").open')));
  assert.equal(await page.value('document.activeElement.id'), 'view');
  // Every control can be reached by the tabulator key alone.
  await page.value('document.querySelector(".skip").focus()');
  const seen = new Set();
  for (let step = 0; step < 200 && !seen.has('view'); step += 1) {
    await page.key('Tab');
    seen.add(await page.value('document.activeElement.id'));
  }
  for (const id of ['filter-text', 'filter-verdict', 'filter-domain', 'reset', 'view']) assert.ok(seen.has(id), id);
}

async function fromElsewhere(page) {
  await page.value('document.querySelector(".incident [data-filter]").click()');
  await page.until(`${count}.includes(' of ')`);
  await opened(page, 'about:blank');
  await opened(page, `${url}#j-${texts('journey')[1]}`);
  assert.ok(await page.value('document.getElementById("journey").open'));
  assert.equal(await page.value('document.querySelector("#journey dd code").textContent'), texts('journey')[1]);
  assert.deepEqual(page.complaints, []);
}

async function withoutScript(page) {
  await page.send('Emulation.setScriptExecutionDisabled', { value: true });
  const done = await opened(page, url);
  const shown = (selector) => page.value(`[...document.querySelectorAll('${selector}')].filter((one) => one.checkVisibility()).length`);
  assert.equal(await shown('#explorer'), 0);
  assert.equal(await shown('.js'), 0);
  assert.ok(await shown('#plain tbody tr') > 0);
  assert.ok(await shown('.tasks tbody tr') > 0 && await shown('.incident') > 0 && await shown('.pic') === 2);
  done();
  await page.send('Emulation.setScriptExecutionDisabled', { value: false });
}

// A report with many mails, made of the one that is there.
async function many(page, folder) {
  const grown = structuredClone(data);
  const source = Array.from({ length: MANY }, (_, row) => row % data.rows);
  for (const one of grown.columns) {
    if (one.texts && ['journey', 'subject', 'message_id', 'evidence'].includes(one.name)) {
      const { texts: old, at } = one.texts;
      one.texts = { texts: ['', ...source.map((from, row) => `${old[at[from]]} ${row}`)], at: source.map((_, row) => row + 1) };
    } else if (one.texts) one.texts.at = source.map((from) => one.texts.at[from]);
    else for (const kind of ['numbers', 'shares', 'times']) if (one[kind]) one[kind] = source.map((from) => one[kind][from]);
  }
  grown.rows = MANY;
  grown.all = MANY;
  const file = join(folder, 'many.html');
  writeFileSync(file, readFileSync(report, 'utf8').replace(BLOCK, (_, tag) => tag + JSON.stringify(grown).replaceAll('<', '\\u003c')));
  const begin = performance.now();
  const done = await opened(page, pathToFileURL(file).href);
  await page.until(`${count} === '${MANY} mails'`);
  const took = [`opened in ${Math.round(performance.now() - begin)} ms`];
  const timed = async (what, expression) => {
    const time = await page.value(`(() => { const begin = performance.now(); ${expression}; return Math.round(performance.now() - begin); })()`);
    took.push(`${what} in ${time} ms`);
  };
  await timed('filtered by verdict', `report.filters.set('verdict', '!')`);
  await timed('searched for a word, the first time', `report.filters.set('text', 'invoice')`);
  await timed('searched for two words', `report.filters.set('text', 'invoice 9')`);
  await timed('shown again', `report.filters.set('', '')`);
  await timed('sorted by subject, the first time', `report.list.sortBy('subject')`);
  await timed('sorted by subject, the other way', `report.list.sortBy('subject')`);
  await timed('sorted by time', `report.list.sortBy('time')`);
  await timed('scrolled to the end', `report.list.choose(${MANY}, false)`);
  assert.equal(await page.value(`${cells('time')}.length > 10`), true);
  assert.ok(await page.value('document.querySelectorAll("#rows .row").length') < 200);
  done();
  console.log(`${MANY} mails: ${took.join(', ')}`);
}

async function harmless(page) {
  const done = await opened(page, pathToFileURL(resolve(hostile)).href);
  await page.value('document.getElementById("view").focus()');
  await page.key('Enter');
  assert.ok(await page.value('document.getElementById("journey").open'));
  assert.equal(await page.value('typeof window.hacked'), 'undefined');
  assert.equal(await page.value('document.querySelectorAll("img, iframe, object, link, #journey script").length'), 0);
  assert.ok((await page.value(cells('subject'))).some((text) => text.includes('<img src=x onerror=')));
  done();
}

async function looked(page) {
  for (const width of [1280, 400]) {
    for (const dark of [false, true]) {
      await page.look({ width, dark });
      await page.open(url);
      assert.equal(await page.value('document.documentElement.scrollWidth'), width, 'nothing sticks out');
      const name = `${width}-${dark ? 'dark' : 'light'}`;
      if (pictures) await page.picture(join(pictures, `${name}.png`), true);
      await page.value('document.querySelector("#rows .row").click()');
      if (pictures) await page.picture(join(pictures, `${name}-journey.png`));
    }
  }
}

const browser = new Chromium(program);
const folder = mkdtempSync(join(tmpdir(), 'sostrace-report-'));
try {
  const page = await browser.page();
  await page.look({ width: 1280 });
  const done = await opened(page, url);
  for (const check of [filters, sorting, keyboard]) await check(page);
  done();
  await fromElsewhere(page);
  await withoutScript(page);
  await harmless(page);
  await many(page, folder);
  await looked(page);
  console.log('all is so');
} finally {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
}
