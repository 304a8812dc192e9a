function start() {
  const journeys = new Journeys(readBlock('journeys-data'));
  let told = null;
  const journey = new Journey(journeys, () => { told ??= readBlock('timelines-data'); return told; });
  const list = new List(journeys, (place) => journey.show(list.rows[place], (by) => list.choose(place + by, true)));
  const filters = new Filters(journeys, () => {
    const rows = filters.rows();
    const all = journeys.rows === journeys.all ? journeys.all : `${journeys.rows} listed of ${journeys.all}`;
    byId('count').textContent = rows.length === journeys.rows ? `${all} mails` : `${rows.length} of ${all} mails`;
    list.show(rows);
  });
  filters.build(byId('filters'));
  document.documentElement.classList.add('scripted');
  byId('explorer').hidden = false;
  filters.apply();

  byId('reset').addEventListener('click', () => filters.set('', ''));
  document.addEventListener('click', (event) => {
    const button = event.target.closest('[data-filter]');
    if (!button) return;
    filters.set(button.dataset.filter, button.dataset.value);
    byId('journeys').scrollIntoView();
    byId('view').focus({ preventScroll: true });
  });
  document.addEventListener('keydown', (event) => {
    if (event.key !== '/' || /^(INPUT|SELECT)$/.test(event.target.tagName) || byId('journey').open) return;
    event.preventDefault();
    byId('filter-text').focus();
  });
  const follow = () => {
    const name = decodeURIComponent(location.hash.slice(1));
    const target = byId(name);
    if (target?.tagName === 'DETAILS') target.open = true;
    if (!name.startsWith('j-')) return;
    const place = list.rows.findIndex((row) => journeys.text(row, 'journey') === name.slice(2));
    if (place >= 0) list.choose(place, true);
  };
  addEventListener('hashchange', follow);
  follow();
  return { filters, list };
}

// What is folded on the screen is unfolded on paper.
let unfolded = [];
addEventListener('beforeprint', () => {
  unfolded = [...document.querySelectorAll('details.incident:not([open])')];
  unfolded.forEach((details) => { details.open = true; });
});
addEventListener('afterprint', () => unfolded.forEach((details) => { details.open = false; }));
const report = byId('explorer') ? start() : null;
