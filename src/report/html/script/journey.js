const FACTS = [
  ['incident', 'incident'], ['owner', 'who acts first'], ['needs', 'needs'], ['option', 'way of sending'], ['relay_option', "relay's way"],
  ['stopped_at', 'ended at'], ['host', 'host'], ['reply', 'reply'], ['attempts', 'tries'], ['latency_s', 'seconds to the end'],
  ['system', 'system'], ['client', 'client'], ['app_server', 'server'], ['node', 'node'], ['sap_user', 'user'],
  ['recipient_scope', 'recipient is'], ['message_id', 'Message-ID'], ['sap_key', 'SAP key'], ['relay_queue_id', 'queue id'],
  ['network_message_id', 'network message id'], ['sap_status', 'status in SAP'], ['sap_message', 'message in SAP'],
  ['exchange_status', 'status in Exchange'], ['delivered_to', 'delivered to'], ['connector', 'connector'],
  ['link', 'linked by'], ['confidence', 'confidence'],
];

// One mail across all systems.
class Journey {
  constructor(journeys, timelines) {
    this.journeys = journeys;
    this.timelines = timelines;
    this.dialog = byId('journey');
    this.dialog.addEventListener('close', () => history.replaceState(null, '', '#journeys'));
  }

  // Shows the mail of a row; `move` goes to its neighbours in the list.
  show(row, move) {
    const text = (name) => this.journeys.text(row, name);
    const unknown = (name) => text(name) || '(unknown)';
    const tool = (label, deed) => {
      const button = make('button', { type: 'button' }, label);
      button.addEventListener('click', deed);
      return button;
    };
    const close = tool('Close', () => this.dialog.close());
    this.dialog.replaceChildren(
      make('div', { className: 'tools' }, tool('Previous', () => move(-1)), tool('Next', () => move(1)), close),
      make('h3', { id: 'journey-title' }, make('span', { className: `badge v-${text('verdict')}` }, text('verdict')), ' ', text('subject') || '(no subject known)'),
      make('p', {}, `${text('time')}  ${unknown('sender')} → ${unknown('recipient')}`),
      this.todo(row),
      make('h4', {}, 'Timeline'),
      this.timeline(row),
      make('h4', {}, 'Details'),
      this.facts(row),
    );
    if (!this.dialog.open) this.dialog.showModal();
    this.dialog.scrollTop = 0;
    close.focus();
    history.replaceState(null, '', `#j-${text('journey')}`);
  }

  todo(row) {
    const text = (name) => this.journeys.text(row, name);
    const [reason, risk] = this.journeys.advice[`${text('action')} ${text('verdict')}`] ?? ['', ''];
    const list = make('dl', { className: 'facts' });
    const put = (word, value) => { if (value) list.append(make('dt', {}, word), make('dd', {}, value)); };
    put('to do', `${text('action')}: ${reason}`);
    put('risk of a duplicate', risk);
    const rule = this.journeys.rules[text('rule')];
    if (rule) {
      put('cause', `${text('rule')} ${rule.title}. ${rule.cause}`);
      put('first', rule.steps[0]);
      put('done when', rule.verify);
    }
    return list;
  }

  timeline(row) {
    const events = this.timelines()[row];
    if (!events) {
      const places = this.journeys.text(row, 'evidence').split(';').filter((place) => place !== '');
      const command = `sostrace timeline ${this.journeys.text(row, 'journey')}`;
      return make('div', {},
        make('p', {}, 'This page tells the timelines of the first mails only; ', make('code', {}, command), ' with the same files tells this one. It rests on:'),
        make('ul', {}, ...places.map((place) => make('li', {}, make('code', {}, place)))));
    }
    const when = (event) => (event.t === undefined ? 'time unknown' : `${dayTime(event.t)} ${event.c ? "SAP's clock" : 'UTC'}`);
    const item = (event) => make('li', {},
      make('time', {}, when(event)), ' ', make('b', {}, event.h), ` ${event.s} `,
      event.p ? make('span', { className: 'dim' }, `[${event.p}]`) : '',
      event.l ? make('pre', {}, event.l.join('\n')) : '',
      event.w ? make('div', { className: 'dim' }, event.w) : '');
    return make('ol', { className: 'timeline' }, ...events.map(item));
  }

  facts(row) {
    const list = make('dl', { className: 'facts' }, make('dt', {}, 'journey'), make('dd', {}, make('code', {}, this.journeys.text(row, 'journey'))));
    for (const [name, label] of FACTS) {
      const value = this.journeys.text(row, name);
      if (value) list.append(make('dt', {}, label), make('dd', {}, value));
    }
    return list;
  }
}
