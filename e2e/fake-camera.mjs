// A camera that sees one picture: Chromium plays an uncompressed film of a single code.
import { writeFileSync } from "node:fs";

const [WIDTH, HEIGHT] = [640, 480];

/** Writes a film (Y4M) of the drawing to `file`, drawn by `page`; the code fills most of the height. */
export async function film(page, svg, file) {
  const light = await page.evaluate(
    async ([svg, width, height]) => {
      const image = new Image();
      image.src = `data:image/svg+xml;base64,${btoa(svg)}`;
      await image.decode();
      const canvas = Object.assign(document.createElement("canvas"), { width, height });
      const context = canvas.getContext("2d");
      context.fillStyle = "#aaa";
      context.fillRect(0, 0, width, height);
      const side = height - 40;
      context.drawImage(image, (width - side) / 2, 20, side, side);
      const { data } = context.getImageData(0, 0, width, height);
      return Array.from({ length: width * height }, (_, index) => data[index * 4]);
    },
    [svg, WIDTH, HEIGHT],
  );
  const head = Buffer.from(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F10:1 Ip A1:1 C420jpeg\nFRAME\n`);
  const grey = Buffer.alloc((WIDTH * HEIGHT) / 2, 128);
  writeFileSync(file, Buffer.concat([head, Buffer.from(light), grey]));
}

/** What the browser is started with so that its camera sees the film. */
export const seeing = (file) => [
  "--use-fake-ui-for-media-stream",
  "--use-fake-device-for-media-stream",
  `--use-file-for-fake-video-capture=${file}`,
];
