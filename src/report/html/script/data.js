const byId = (id) => document.getElementById(id);

// An element with its properties and children; texts stay texts.
function make(tag, properties, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties || {})) {
    if (name in element && name !== 'list') element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== ''));
  return element;
}

function readBlock(id) {
  const element = byId(id);
  const value = JSON.parse(element.textContent);
  element.remove();
  return value;
}

// `2026-03-10 09:17:30` of a number of milliseconds.
function dayTime(at) {
  return at === null || at === undefined ? '' : new Date(at).toISOString().slice(0, 19).replace('T', ' ');
}

// The mails, column by column: what a row says, and by what it is compared.
class Journeys {
  constructor(data) {
    this.rows = data.rows;
    this.all = data.all;
    this.rules = data.rules;
    this.advice = data.advice;
    this.columns = new Map(data.columns.map((column) => [column.name, column]));
    const times = ['requested_at', 'submitted_at', 'finished_at'].map((name) => this.columns.get(name)?.times);
    const known = (row) => times.map((column) => column?.[row]).find((at) => at !== null && at !== undefined);
    this.time = Float64Array.from({ length: this.rows }, (_, row) => known(row) ?? NaN);
    this.ranks = new Map();
    this.folded = new Map();
  }

  text(row, name) {
    if (name === 'time') return Number.isNaN(this.time[row]) ? '' : dayTime(this.time[row]);
    const column = this.columns.get(name);
    if (!column) return '';
    if (column.texts) return column.texts.texts[column.texts.at[row]];
    const value = (column.times || column.numbers || column.shares)[row];
    if (value === null) return '';
    if (column.times) return dayTime(value);
    return column.shares ? (value / 100).toFixed(2) : String(value);
  }

  // The texts of a column in lower case, each once.
  lower(name) {
    if (!this.folded.has(name)) {
      this.folded.set(name, (this.columns.get(name)?.texts.texts ?? []).map((text) => text.toLowerCase()));
    }
    return this.folded.get(name);
  }

  // A number for each row by which it is sorted; what is unknown comes last.
  order(name) {
    if (this.ranks.has(name)) return this.ranks.get(name);
    const order = new Float64Array(this.rows);
    const texts = this.columns.get(name)?.texts;
    if (name === 'time') {
      for (let row = 0; row < this.rows; row += 1) order[row] = Number.isNaN(this.time[row]) ? Infinity : this.time[row];
    } else if (texts) {
      const lower = this.lower(name);
      const sorted = lower.map((_, at) => at).sort((a, b) => (lower[a] < lower[b] ? -1 : lower[a] > lower[b] ? 1 : 0));
      const rank = new Float64Array(lower.length);
      sorted.forEach((at, place) => { rank[at] = at === 0 ? Infinity : place; });
      for (let row = 0; row < this.rows; row += 1) order[row] = rank[texts.at[row]];
    }
    this.ranks.set(name, order);
    return order;
  }

  // How many rows have each text of a column, in the order of the texts.
  counts(name) {
    const texts = this.columns.get(name)?.texts;
    if (!texts) return [];
    const counts = new Uint32Array(texts.texts.length);
    for (const at of texts.at) counts[at] += 1;
    return texts.texts.map((text, at) => [text, counts[at]]).filter(([text, count]) => text !== '' && count > 0);
  }
}
