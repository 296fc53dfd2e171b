// The charts of a report: the parts of Apache ECharts that it uses and the functions that an option in JSON can only name.
// One script serves both sides: the report's writer calls svg(), the page in the browser calls draw() with the same option.
import { init, setPlatformAPI, use, version } from 'echarts/core';
import { BarChart, HeatmapChart, LineChart, SankeyChart } from 'echarts/charts';
import { DataZoomSliderComponent, GridComponent, LegendComponent, MarkAreaComponent, MarkLineComponent, TooltipComponent } from 'echarts/components';
import { SVGRenderer } from 'echarts/renderers';

use([
  BarChart, DataZoomSliderComponent, GridComponent, HeatmapChart, LegendComponent, LineChart, MarkAreaComponent, MarkLineComponent, SankeyChart, SVGRenderer, TooltipComponent,
]);

const prefixes = ['', 'k', 'M', 'G', 'T', 'P', 'E'];

// scaled writes a number with three digits and an SI prefix: 27979, 'B' -> "28.0 kB".
function scaled(value, unit) {
  let power = 0;
  let rest = Math.abs(value);
  while (rest >= 999.5 && power < prefixes.length - 1) {
    rest /= 1000;
    power++;
  }
  const digits = power === 0 || rest >= 99.95 ? 0 : rest >= 9.995 ? 1 : 2;
  const text = power === 0 ? String(Number(rest.toFixed(3))) : rest.toFixed(digits);
  return (value < 0 ? '-' : '') + text + (prefixes[power] + unit ? '\u00a0' : '') + prefixes[power] + unit;
}

// tick is scaled without the zeros that a round number does not need.
function tick(value, unit) {
  return scaled(value, unit).replace(/\.0+(?=\D|$)/, '').replace(/(\.\d*?)0+(?=\D|$)/, '$1');
}

const units = { bytes: 'B', seconds: 's', count: '' };

// named are the functions by the name that an option gives where ECharts takes a formatter.
const named = {
  node: (item) => item.name.slice(2), // the two sides of a sankey may have nodes of the same name: a letter and a colon tell them apart
};
for (const unit in units) {
  named['tick:' + unit] = (value) => tick(value, units[unit]);
  named['value:' + unit] = (item) => {
    const value = Array.isArray(item.value) ? item.value[1] : item.value;
    return value == null ? '' : scaled(value, units[unit]);
  };
}

// bind puts the named functions into the places of an option where the report's writer names them.
function bind(option) {
  for (const part of [option.xAxis, option.yAxis].flat()) {
    if (part && part.axisLabel) part.axisLabel.formatter = named[part.axisLabel.formatter];
  }
  for (const part of option.series) {
    if (part.label) part.label.formatter = named[part.label.formatter];
    for (const level of part.levels ?? []) level.label.formatter = named[level.label.formatter];
  }
  return option;
}

/** svg draws an option (JSON text) without a browser. measure(text, font) is the width of a text in pixels. */
export function svg(json, width, height, measure) {
  setPlatformAPI({ measureText: (text, font) => ({ width: measure(text, font || '') }) });
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height });
  try {
    chart.setOption(bind(JSON.parse(json)));
    return chart.renderToSVGString({ useViewBox: true });
  } finally {
    chart.dispose();
  }
}

/** draw draws an option (an object) into an element of the page; describe(items) gives the tooltip as an element. */
export function draw(element, option, describe) {
  const chart = init(element, null, { renderer: 'svg' });
  redraw(chart, option, describe);
  return chart;
}

/** redraw draws another option in the place of the chart's. */
export function redraw(chart, option, describe) {
  bind(option).tooltip.formatter = describe;
  chart.setOption(option, { notMerge: true });
}

export { version };
