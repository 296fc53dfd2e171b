// Charts: the still pictures become ones with tooltips when they come into sight, and can be saved.
const plots = [];

const narrow = 460; // pixels of a chart below which the labels of bars stand above them
const brief = 320; // the same of short labels

// describe is the tooltip of what lies under the pointer. All of it is text.
const describe = (plot) => (items) => {
  const list = [].concat(items);
  const first = list[0];
  const exact = (value) => (value == null ? '–' : value.toLocaleString('en-US', { maximumFractionDigits: 6 }));
  const tip = element('div', 'tip-rows', '');
  const line = (color, value, name) => {
    const row = element('div', 'tip-row', '');
    const mark = element('span', 'tip-mark', '');
    mark.style.backgroundColor = color;
    row.append(mark, element('b', '', exact(value)), element('span', '', name));
    tip.append(row);
  };
  if (plot.data.kind === 'heat') {
    tip.append(element('div', 'tip-head', plot.option.yAxis.data[first.value[1]] + ' ' + plot.option.xAxis.data[first.value[0]] + ':00'));
    line(first.color, first.value[2], plot.data.unit);
  } else if (plot.data.kind === 'sankey') {
    const edge = first.dataType === 'edge';
    tip.append(element('div', 'tip-head', edge ? first.data.source.slice(2) + ' → ' + first.data.target.slice(2) : first.name.slice(2)));
    line(first.color, first.value, plot.data.unit);
  } else {
    tip.append(element('div', 'tip-head', first.axisType === 'xAxis.time' ? millisText(first.axisValue) : String(first.axisValue)));
    for (const item of list.slice(0, 12)) line(item.color, Array.isArray(item.value) ? item.value[1] : item.value, item.seriesName.startsWith('series') ? '' : item.seriesName);
  }
  return tip;
};

class Plot {
  constructor(node) {
    this.node = node;
    this.article = node.closest('article');
    this.live = node.querySelector('.live');
    this.data = JSON.parse(node.querySelector('script').textContent);
    this.height = Number(node.dataset.height);
    this.least = Number(node.dataset.min);
    this.now = { width: 0, height: 0 };
  }

  // start draws the chart for the first time.
  start() {
    if (this.chart) return;
    this.node.classList.add('drawn');
    this.option = this.laidOut(structuredClone(this.shown ?? this.data.option));
    this.fit();
    this.chart = pcaplakeCharts.draw(this.live, this.option, describe(this));
    this.tools();
    new ResizeObserver(() => this.resize()).observe(this.node);
  }

  // laidOut is an option as this width and the zone want it.
  laidOut(option) {
    option.useUTC = !zone.local;
    this.tall = undefined;
    if (this.data.kind === 'heat' && zone.local && !this.filtered) heatOf(option, this.data.hours, this.data.steps);
    if (option.legend) this.legend(option);
    if (this.data.kind !== 'bar' || this.node.clientWidth >= narrow || this.node.clientWidth >= brief && this.shortLabels(option)) return option;
    const label = option.yAxis.axisLabel;
    const fits = new RegExp('.{1,' + Math.max(8, Math.floor((this.node.clientWidth - 12) / 6.9)) + '}', 'gu');
    option.yAxis.data = option.yAxis.data.map((text) => text.replace(/\n/g, '').match(fits)?.join('\n') ?? '');
    const lines = Math.max(1, ...option.yAxis.data.map((text) => text.split('\n').length));
    Object.assign(label, { inside: true, align: 'left', verticalAlign: 'bottom', margin: 0, padding: [0, 0, 9, 0] });
    Object.assign(option.grid, { left: 4, right: 66, top: lines * 7 + 4 });
    option.yAxis.axisLine.show = false;
    option.xAxis.axisLabel.alignMinLabel = 'left';
    option.yAxis.z = 3;
    option.series[0].barMaxWidth = 10;
    option.series[0].barCategoryGap = '20%';
    this.tall = option.yAxis.data.length * (lines * 14 + 24) + 44 + lines * 7;
    label.interval = 0;
    option.series[0].barMaxWidth = 9;
    return option;
  }

  // shortLabels says whether the labels of bars leave room for the bars beside them.
  shortLabels(option) {
    return option.yAxis.data.every((text) => text.length <= 10);
  }

  // legend makes room for the rows that the names of the lines take.
  legend(option) {
    const width = option.series.reduce((sum, one) => sum + 34 + one.name.length * 7, 0);
    const rows = Math.max(1, Math.ceil(width / Math.max(120, (Math.max(this.node.clientWidth, this.least) - 120) * 0.8)));
    option.grid.top = 26 + (rows - 1) * 20;
    this.extra = option.grid.top - 26;
  }

  size() {
    const bars = this.data.kind === 'bar' && this.node.clientWidth < narrow;
    return { width: Math.max(this.node.clientWidth, bars ? 200 : this.least), height: bars ? this.tall ?? this.height : this.height + (this.extra ?? 0) };
  }

  fit() {
    this.now = this.size();
    this.live.style.width = this.now.width + 'px';
    this.live.style.height = this.now.height + 'px';
    this.node.classList.toggle('scrolls', this.now.width > this.node.clientWidth);
    if (this.now.width > this.node.clientWidth) this.node.tabIndex = 0;
    else this.node.removeAttribute('tabindex');
  }

  resize() {
    const before = this.now;
    const next = this.size();
    if (!this.chart || before.width === next.width && before.height === next.height) return;
    if (this.data.kind === 'bar' && [narrow, brief].some((least) => (before.width < least) !== (next.width < least))) this.draw(this.shown ?? this.data.option);
    else {
      this.fit();
      this.chart.resize(this.now);
    }
  }

  // draw shows another option of the same kind.
  draw(option, height) {
    this.shown = option;
    this.height = height ?? Number(this.node.dataset.height);
    this.option = this.laidOut(structuredClone(option));
    if (!this.chart) return;
    this.fit();
    this.chart.resize(this.now);
    pcaplakeCharts.redraw(this.chart, this.option, describe(this));
  }

  tools() {
    const tools = element('div', 'tools');
    const name = this.article.id.slice(2);
    tools.append(button(words.svg, 'tool', () => save(name + '.svg', this.picture(), 'image/svg+xml')));
    tools.append(button(words.png, 'tool', () => this.png(name)));
    tools.classList.add('corner');
    this.article.prepend(tools);
  }

  // picture is the chart on screen as an SVG file.
  picture() {
    const svg = this.live.querySelector('svg').cloneNode(true);
    svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
    const ground = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
    for (const [k, v] of Object.entries({ width: '100%', height: '100%', fill: '#ffffff' })) ground.setAttribute(k, v);
    svg.prepend(ground);
    return new XMLSerializer().serializeToString(svg);
  }

  png(name) {
    const image = new Image();
    image.addEventListener('load', () => {
      const canvas = element('canvas');
      canvas.width = this.now.width * 2;
      canvas.height = this.now.height * 2;
      const pen = canvas.getContext('2d');
      pen.scale(2, 2);
      pen.drawImage(image, 0, 0, this.now.width, this.now.height);
      canvas.toBlob((blob) => save(name + '.png', blob));
    });
    image.src = 'data:image/svg+xml;charset=utf-8,' + encodeURIComponent(this.picture());
  }
}

// heatOf lays hours out by day in the zone chosen.
const heatOf = (option, hours, steps) => {
  const days = [];
  const cells = new Map();
  let most = 0;
  for (const [ms, amount] of hours) {
    const text = millisText(ms);
    const day = text.slice(0, 10);
    if (!days.includes(day)) days.push(day);
    const key = days.indexOf(day) * 24 + Number(text.slice(11, 13));
    cells.set(key, (cells.get(key) ?? 0) + amount);
    most = Math.max(most, cells.get(key));
  }
  option.yAxis.data = days;
  option.series[0].data = [...cells].map(([key, amount]) => ({
    value: [key % 24, Math.floor(key / 24), amount],
    itemStyle: { color: steps[Math.min(Math.floor(amount / most * steps.length), steps.length - 1)] },
  }));
  return days.length * 22 + 34;
};
