// The code of a pass, drawn by the phone: error correction M and a quiet zone of four, as the server draws it.

import { encode } from "uqr";

export interface Code {
  /** Modules a side, with the quiet zone. */
  size: number;
  isDark(column: number, row: number): boolean;
}

const QUIET = 4;

export function codeOf(text: string): Code {
  const { size, data } = encode(text, { ecc: "M", border: QUIET });
  return { size, isDark: (column, row) => data[row]?.[column] === true };
}

const SVG = "http://www.w3.org/2000/svg";

export function drawing(code: Code): SVGElement {
  let path = "";
  for (let row = 0; row < code.size; row += 1) {
    for (let column = 0; column < code.size; column += 1) if (code.isDark(column, row)) path += `M${column} ${row}h1v1h-1z`;
  }
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", `0 0 ${code.size} ${code.size}`);
  svg.setAttribute("shape-rendering", "crispEdges");
  svg.setAttribute("aria-hidden", "true");
  const dark = document.createElementNS(SVG, "path");
  dark.setAttribute("d", path);
  svg.appendChild(dark);
  return svg;
}
