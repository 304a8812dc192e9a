const FAILED = ['conflict', 'diverted', 'bounced', 'deferred', 'rejected', 'waiting', 'unsent', 'missing'];
const SEARCHED = ['journey', 'sender', 'recipient', 'subject', 'message_id', 'sap_key', 'relay_queue_id', 'network_message_id', 'reply', 'rule'];
const CHOICES = [
  ['verdict', 'how it ended'], ['action', 'what to do'], ['rule', 'cause'], ['owner', 'who acts first'],
  ['incident', 'incident'], ['option', 'way of sending'],
];
const SUGGESTED = 500;

// What is asked of the rows: a field for each filter, and a test made of the fields that are set.
class Filters {
  constructor(journeys, changed) {
    this.journeys = journeys;
    this.changed = changed;
    this.fields = new Map();
    this.timer = 0;
  }

  build(parent) {
    const text = make('input', { type: 'search', placeholder: 'subject, address, any id, words of the reply' });
    this.add(parent, 'text', 'contains', text).classList.add('wide');
    for (const [name, label] of CHOICES) {
      const counts = this.journeys.counts(name);
      if (counts.length > 0) this.add(parent, name, label, this.choice(name, counts));
    }
    this.add(parent, 'sender', 'sender', this.suggesting('sender', this.journeys.counts('sender')));
    this.add(parent, 'domain', 'recipient domain', this.suggesting('domain', this.domains()));
    for (const [name, label] of [['from', 'from (as shown)'], ['until', 'until (as shown)']]) {
      this.add(parent, name, label, make('input', { type: 'datetime-local' }));
    }
  }

  add(parent, name, label, field) {
    const labelled = make('label', {}, label, field);
    field.id = `filter-${name}`;
    field.addEventListener('input', () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.apply(), field.type === 'search' ? 120 : 0);
    });
    this.fields.set(name, field);
    parent.append(labelled);
    return labelled;
  }

  choice(name, counts) {
    const sorted = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
    const options = sorted.map(([text, count]) => make('option', { value: text }, `${text} (${count})`));
    if (name === 'verdict') {
      const failed = sorted.filter(([text]) => FAILED.includes(text)).reduce((sum, [, count]) => sum + count, 0);
      options.unshift(make('option', { value: '!' }, `did not arrive (${failed})`));
    }
    return make('select', {}, make('option', { value: '' }, 'all'), ...options);
  }

  suggesting(name, counts) {
    const most = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, SUGGESTED);
    const list = make('datalist', { id: `suggest-${name}` }, ...most.map(([text]) => make('option', { value: text })));
    document.body.append(list);
    return make('input', { type: 'search', list: list.id });
  }

  domains() {
    const counts = new Map();
    for (const [text, count] of this.journeys.counts('recipient')) {
      const domain = domainOf(text.toLowerCase());
      counts.set(domain, (counts.get(domain) ?? 0) + count);
    }
    counts.delete('');
    return [...counts];
  }

  set(name, value) {
    for (const [other, field] of this.fields) field.value = other === name ? value : '';
    this.apply();
  }

  apply() {
    clearTimeout(this.timer);
    for (const field of this.fields.values()) field.classList.toggle('set', field.value !== '');
    this.changed();
  }

  // The rows that pass all tests, in their own order.
  rows() {
    const tests = [...this.fields].filter(([, field]) => field.value.trim() !== '').flatMap(([name, field]) => this.tests(name, field.value.trim()));
    const passed = new Uint32Array(this.journeys.rows);
    let count = 0;
    for (let row = 0; row < passed.length; row += 1) {
      if (tests.every((test) => test(row))) {
        passed[count] = row;
        count += 1;
      }
    }
    return passed.subarray(0, count);
  }

  tests(name, value) {
    if (name === 'text') return value.toLowerCase().split(/\s+/).map((word) => this.any(SEARCHED, (text) => text.includes(word)));
    if (name === 'sender') return [this.any(['sender'], (text) => text.includes(value.toLowerCase()))];
    if (name === 'domain') return [this.any(['recipient'], (text) => domainOf(text).includes(value.toLowerCase()))];
    if (name === 'from' || name === 'until') {
      const at = Date.parse(`${value}Z`);
      const time = this.journeys.time;
      return [name === 'from' ? (row) => time[row] >= at : (row) => time[row] < at + 60000];
    }
    const { texts, at } = this.journeys.columns.get(name).texts;
    const wanted = texts.map((text) => (value === '!' ? FAILED.includes(text) : text === value));
    return [(row) => wanted[at[row]]];
  }

  // Whether one of the columns holds a text; each text is looked at once, however many rows have it.
  any(names, holds) {
    const columns = names.filter((name) => this.journeys.columns.has(name)).map((name) => {
      const found = Uint8Array.from(this.journeys.lower(name), (text) => (text !== '' && holds(text) ? 1 : 0));
      return [found, this.journeys.columns.get(name).texts.at];
    });
    return (row) => columns.some(([found, at]) => found[at[row]] === 1);
  }
}

function domainOf(address) {
  return address.slice(address.lastIndexOf('@') + 1);
}
