// Tables: sorting, searching, and the rows on screen as CSV.
const tables = [];

// valueOf is the exact value of a cell.
const valueOf = (td) => {
  const time = td.querySelector('time');
  return td.dataset.v ?? (time ? time.getAttribute('datetime') : td.textContent);
};

const numberOf = (td) => {
  const text = valueOf(td).replace(/,/g, '');
  return text === '–' || text === '' ? NaN : Number(text);
};

const compare = (column, numeric) => (a, b) => {
  const others = a.classList.contains('others') - b.classList.contains('others');
  if (others) return others;
  const x = a.cells[column];
  const y = b.cells[column];
  if (!numeric) return valueOf(x).localeCompare(valueOf(y), undefined, { numeric: true });
  const m = numberOf(x);
  const n = numberOf(y);
  return Number.isNaN(m) || Number.isNaN(n) ? Number.isNaN(m) - Number.isNaN(n) : m - n;
};

// csvText is rows of texts as RFC 4180 has them. A text that a spreadsheet would take for a formula gets an apostrophe in front.
const csvText = (rows) => rows.map((row) => row.map((value) => {
  const text = /^[=+@\t\r]|^-(?![\d.])/.test(value) ? "'" + value : value;
  return /[",\r\n]/.test(text) ? '"' + text.replace(/"/g, '""') + '"' : text;
}).join(',')).join('\r\n') + '\r\n';

class Table {
  constructor(table) {
    this.table = table;
    this.body = table.tBodies[0];
    this.rows = [...this.body.rows];
    this.text = '';
    this.allowed = () => true;
    this.tools();
    for (const [column, th] of [...table.tHead.rows[0].cells].entries()) {
      const b = button(th.textContent, '', () => this.sort(column, th));
      b.title = words.sort;
      th.replaceChildren(b);
    }
  }

  tools() {
    const tools = element('div', 'tools');
    if (this.rows.length > 8) {
      const search = element('input');
      search.type = 'search';
      search.placeholder = words.search;
      search.setAttribute('aria-label', words.search);
      search.addEventListener('input', () => {
        this.text = search.value.toLowerCase();
        this.show();
      });
      tools.append(search);
    }
    this.shown = element('span', 'shown');
    this.shown.setAttribute('role', 'status');
    tools.append(button(words.csv, 'tool', () => this.save()), this.shown);
    this.table.parentElement.before(tools);
  }

  sort(column, th) {
    const numeric = th.classList.contains('n');
    const before = th.getAttribute('aria-sort');
    const up = before ? before === 'descending' : !numeric;
    for (const other of this.table.tHead.rows[0].cells) other.removeAttribute('aria-sort');
    th.setAttribute('aria-sort', up ? 'ascending' : 'descending');
    const by = compare(column, numeric);
    const last = (row) => row.classList.contains('others');
    this.rows.sort((a, b) => (last(a) || last(b) || up ? by(a, b) : by(b, a)));
    this.body.append(...this.rows);
  }

  show() {
    let n = 0;
    for (const row of this.rows) {
      row.hidden = !(this.allowed(row) && (!this.text || row.textContent.toLowerCase().includes(this.text)));
      n += !row.hidden;
    }
    this.shown.textContent = n === this.rows.length ? '' : words.rows.replace('{n}', n).replace('{all}', this.rows.length);
  }

  save() {
    const head = [...this.table.tHead.rows[0].cells].map((th) => th.dataset.col);
    const rows = this.rows.filter((row) => !row.hidden).map((row) => [...row.cells].map((td) => {
      const text = valueOf(td);
      return text === '–' ? '' : td.classList.contains('n') ? text.replace(/,/g, '') : text;
    }));
    save(this.table.dataset.name + '.csv', csvText([head, ...rows]), 'text/csv');
  }
}
