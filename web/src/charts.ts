// Lets the reader explore a chart: the drawing library loads only when a picture from the server is pointed at
// or focused. Without it the picture and its table remain.

import { wireChainPictures } from "./chain-picture";

interface Series {
  name: string;
  values: (number | null)[];
}

export interface ChartValues {
  unit: string;
  labels: string[];
  columns: Series;
  line: Series | null;
}

function valuesOf(figure: HTMLElement): ChartValues | null {
  const text = figure.querySelector("script[data-chart-values]")?.textContent;
  try {
    return text ? (JSON.parse(text) as ChartValues) : null;
  } catch {
    return null;
  }
}

async function open(figure: HTMLElement): Promise<void> {
  const picture = figure.querySelector<SVGElement>("svg.chart");
  const values = valuesOf(figure);
  if (!picture || !values) return;
  const { explore } = await import("./explore");
  explore(picture, values);
}

for (const figure of Array.from(document.querySelectorAll<HTMLElement>("figure[data-chart]"))) {
  const picture = figure.querySelector("svg.chart");
  picture?.addEventListener("click", () => void open(figure), { once: true });
}

wireChainPictures();
