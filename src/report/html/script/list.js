const SHOWN = [
  ['time', 'time'], ['verdict', 'ended'], ['action', 'to do'], ['rule', 'cause'], ['owner', 'who'],
  ['sender', 'sender'], ['recipient', 'recipient'], ['subject', 'subject'],
];
// Rows that are drawn above and below those in sight.
const BEYOND = 8;

// The list: only the rows in sight are drawn, so that it does not matter how many there are.
class List {
  constructor(journeys, open) {
    this.journeys = journeys;
    this.open = open;
    this.rows = new Uint32Array(0);
    this.here = 0;
    this.sorted = ['', 1];
    this.view = byId('view');
    this.body = byId('rows');
    this.head();
    this.view.addEventListener('scroll', () => this.drawSoon());
    this.view.addEventListener('keydown', (event) => this.key(event));
    this.view.addEventListener('focus', () => this.draw());
    this.body.addEventListener('click', (event) => {
      const row = event.target.closest('.row');
      if (row) this.choose(Number(row.dataset.place), true);
    });
    addEventListener('resize', () => this.drawSoon());
  }

  head() {
    for (const [name, label] of SHOWN) {
      const button = make('button', { type: 'button' }, label);
      button.addEventListener('click', () => this.sortBy(name));
      byId('head').append(make('div', { role: 'columnheader', 'data-column': name }, button));
    }
  }

  show(rows) {
    this.rows = rows;
    this.here = 0;
    this.sort();
    this.view.scrollTop = 0;
    this.draw();
  }

  sortBy(name) {
    const [old, way] = this.sorted;
    this.sorted = [name, old === name ? -way : 1];
    for (const cell of byId('head').children) {
      const own = cell.dataset.column === name;
      const arrow = this.sorted[1] > 0 ? ' ▲' : ' ▼';
      if (own) cell.setAttribute('aria-sort', this.sorted[1] > 0 ? 'ascending' : 'descending');
      else cell.removeAttribute('aria-sort');
      cell.firstChild.textContent = SHOWN.find(([other]) => other === cell.dataset.column)[1] + (own ? arrow : '');
    }
    this.sort();
    this.choose(0, false);
  }

  sort() {
    const [name, way] = this.sorted;
    if (name === '') return;
    const order = this.journeys.order(name);
    const compare = (a, b) => (order[a] === order[b] ? a - b : order[a] === Infinity ? 1 : order[b] === Infinity ? -1 : way * (order[a] - order[b]));
    this.rows.sort(compare);
  }

  height() {
    return parseFloat(getComputedStyle(this.view).getPropertyValue('--row'));
  }

  drawSoon() {
    if (!this.waiting) this.waiting = requestAnimationFrame(() => this.draw());
  }

  draw() {
    this.waiting = 0;
    const height = this.height();
    const first = Math.max(0, Math.floor(this.view.scrollTop / height) - BEYOND);
    const last = Math.min(this.rows.length, Math.ceil((this.view.scrollTop + this.view.clientHeight) / height) + BEYOND);
    this.body.style.height = `${this.rows.length * height}px`;
    const drawn = [];
    for (let place = first; place < last; place += 1) drawn.push(this.row(place, place * height));
    this.body.replaceChildren(...drawn);
    this.view.setAttribute('aria-rowcount', this.rows.length + 1);
    if (this.rows.length > 0 && this.here >= first && this.here < last) this.view.setAttribute('aria-activedescendant', `row-${this.here}`);
    else this.view.removeAttribute('aria-activedescendant');
  }

  row(place, top) {
    const journey = this.rows[place];
    const cells = SHOWN.map(([name]) => {
      const text = this.journeys.text(journey, name);
      const inner = name === 'verdict' ? make('span', { className: `badge v-${text}` }, text) : text;
      return make('div', { role: 'gridcell', 'data-column': name, title: text }, inner);
    });
    const row = make('div', { id: `row-${place}`, className: place === this.here ? 'row here' : 'row', role: 'row', 'aria-rowindex': place + 2 }, ...cells);
    row.dataset.place = place;
    row.style.transform = `translateY(${top}px)`;
    return row;
  }

  // Makes a row the chosen one and brings it into sight.
  choose(place, open) {
    if (this.rows.length === 0) return;
    this.here = Math.max(0, Math.min(this.rows.length - 1, place));
    const height = this.height();
    const room = this.view.clientHeight - byId('head').offsetHeight;
    const top = this.here * height;
    if (top < this.view.scrollTop) this.view.scrollTop = top;
    else if (top + height > this.view.scrollTop + room) this.view.scrollTop = top + height - room;
    this.draw();
    if (open) this.open(this.here);
  }

  key(event) {
    if (event.target !== this.view || event.ctrlKey || event.metaKey || event.altKey) return;
    const page = Math.max(1, Math.floor(this.view.clientHeight / this.height()) - 2);
    const moves = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -this.rows.length, End: this.rows.length };
    if (event.key in moves) this.choose(this.here + moves[event.key], false);
    else if (event.key === 'Enter' || event.key === ' ') this.choose(this.here, true);
    else return;
    event.preventDefault();
  }
}
