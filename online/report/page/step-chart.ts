/** Step charts as SVG: each value is drawn until the next value, without interpolation. */
import { escapeHtml } from '../../platform/text/html-escaping.ts';

export interface Series {
  /** CSS class of the line, which determines its colour. */
  style: string;
  /** Ascending in x. Each value is drawn until the next point, and the last value until `end`. */
  points: readonly { x: number; y: number; title?: string }[];
}

export interface Chart {
  /** Description for people who cannot see the chart. */
  title: string;
  xUnit: string;
  yUnit: string;
  /**
   * The x values of the left edge (`from`), of the right edge (`to`), and of the end of the lines (`end`).
   */
  from: number;
  to: number;
  end: number;
  series: readonly Series[];
  /** A single value, drawn at `end`. */
  dot?: { style: string; y: number; title: string };
}

const [WIDTH, HEIGHT] = [760, 260];
/**
 * Margins with room for labels of seven digits, and for half a label beside the last tick. Labels are larger
 * on a narrow screen.
 */
const [LEFT, RIGHT, TOP, BOTTOM] = [104, 36, 30, 48];
/** If a line has more points than this, no point is marked, because the marks would hide the line. */
const MAX_MARKS = 80;
const TICKS = 4;
/**
 * If the vertical axis reaches this value, its labels are in millions, because longer labels would be cut.
 */
const LARGE = 1e7;

const coordinateText = (value: number) => String(Math.round(value * 10) / 10);

/**
 * The distance between ticks: 1, 2 or 5 times a power of ten. It is at least `least` and gives about `count`
 * steps.
 */
export function tickDistance(range: number, count: number, least: number): number {
  const rough = Math.max(range / count, least);
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = [1, 2, 5, 10].find(f => f * power >= rough * (1 - 1e-9)) as number;
  return factor * power;
}

function axisTicks(from: number, to: number, least: number): number[] {
  const step = tickDistance(to - from, TICKS, least);
  const out: number[] = [];
  for (let i = Math.ceil(from / step); i * step <= to * (1 + 1e-12); i++) out.push(i * step);
  return out;
}

/** A number as text, without an exponent and without errors of binary fractions. */
const tickText = (value: number) => String(Number(value.toPrecision(12)));

export function stepChartSvg(chart: Chart): string {
  const { title, xUnit, yUnit, from, to, series, dot } = chart;
  const largest = Math.max(dot?.y ?? 0, ...series.flatMap(({ points }) => points.map(({ y }) => y)));
  // The axis begins at zero, so that heights are proportional to values.
  const top = largest === 0 ? 1 : largest * 1.06;
  const scale = top < LARGE ? 1 : 1e6;
  const x = (value: number) => LEFT + ((value - from) / (to - from)) * (WIDTH - LEFT - RIGHT);
  const y = (value: number) => HEIGHT - BOTTOM - (value / top) * (HEIGHT - TOP - BOTTOM);
  const bottom = HEIGHT - BOTTOM;
  const right = WIDTH - RIGHT;
  const end = coordinateText(x(chart.end));
  const parts = [
    ...axisTicks(0, top, top / 1e9).map(
      value =>
        `<path class="grid" d="M${LEFT} ${coordinateText(y(value))}H${right}"/><text x="${LEFT - 8}" y="${coordinateText(y(value) + 4)}" text-anchor="end">${tickText(value / scale)}</text>`,
    ),
    ...axisTicks(from, to, 1).map(
      value =>
        `<path class="axis" d="M${coordinateText(x(value))} ${bottom}v5"/><text x="${coordinateText(x(value))}" y="${bottom + 20}" text-anchor="middle">${tickText(value)}</text>`,
    ),
    `<path class="axis" d="M${LEFT} ${TOP}V${bottom}H${right}"/>`,
    `<text x="4" y="16">${escapeHtml(yUnit)}${scale === 1 ? '' : ', millions'}</text>`,
    `<text x="${right}" y="${HEIGHT - 6}" text-anchor="end">${escapeHtml(xUnit)}</text>`,
    ...series.map(({ style, points }) => {
      const line = points
        .map(point => `H${coordinateText(x(point.x))}V${coordinateText(y(point.y))}`)
        .join('');
      return `<path class="line ${style}" d="M${LEFT} ${bottom}${line}H${end}"/>`;
    }),
    ...series.flatMap(({ style, points }) => {
      const marked = points.filter(point => point.title !== undefined);
      if (marked.length > MAX_MARKS) return [];
      return marked.map(
        point =>
          `<circle class="${style}" cx="${coordinateText(x(point.x))}" cy="${coordinateText(y(point.y))}" r="3.5"><title>${escapeHtml(point.title as string)}</title></circle>`,
      );
    }),
    dot
      ? `<circle class="${dot.style}" cx="${end}" cy="${coordinateText(y(dot.y))}" r="5"><title>${escapeHtml(dot.title)}</title></circle>`
      : '',
  ];
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escapeHtml(title)}">
${parts.filter(part => part !== '').join('\n')}
</svg>`;
}
