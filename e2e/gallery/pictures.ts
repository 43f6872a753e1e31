/** Landscapes and patterns drawn here, so that no test picture has to come from anywhere. */

type Draw = (context: OffscreenCanvasRenderingContext2D, width: number, height: number) => void;

const hills =
  (sky: string, tones: readonly string[], sun: string): Draw =>
  (context, width, height) => {
    context.fillStyle = sky;
    context.fillRect(0, 0, width, height);
    context.fillStyle = sun;
    context.beginPath();
    context.arc(width * 0.74, height * 0.26, height * 0.1, 0, 7);
    context.fill();
    tones.forEach((tone, row) => {
      const base = height * (0.42 + (row * 0.56) / tones.length);
      context.fillStyle = tone;
      context.beginPath();
      context.moveTo(0, height);
      for (let x = 0; x <= width; x += 4) {
        const bend = Math.sin(x / (width * 0.09) + row * 1.9) + Math.sin(x / (width * 0.031) + row) * 0.35;
        context.lineTo(x, base - bend * height * 0.055);
      }
      context.lineTo(width, height);
      context.fill();
    });
  };

const tiles: Draw = (context, width, height) => {
  const size = width / 8;
  context.fillStyle = '#e9e3d6';
  context.fillRect(0, 0, width, height);
  for (let row = 0; row * size < height; row += 1)
    for (let column = 0; column < 8; column += 1) {
      context.fillStyle = ['#3d6480', '#c27b4e', '#8aa07a'][(row + column) % 3]!;
      context.beginPath();
      context.arc(column * size, row * size, size, 0, Math.PI / 2);
      context.lineTo(column * size, row * size);
      context.fill();
    }
};

const drawings: readonly Draw[] = [
  hills('#b9d3e3', ['#7d95a8', '#4e6b73', '#2e4436'], '#fff1cf'),
  hills('#f0d9b8', ['#d9a869', '#bd8247', '#8f5b31'], '#f7efdf'),
  tiles,
  hills('#cfe0ea', ['#9fb36a', '#86a052', '#6f8c45', '#566f36'], '#ffffff'),
  hills('#d7dde2', ['#5f7f92', '#3f5f72', '#26343b'], '#f2efe6'),
];

/** One of five drawings, told apart by its number. */
export function drawPicture(number: number, width = 800, height = 600): ImageBitmap {
  const canvas = new OffscreenCanvas(width, height);
  drawings[number % drawings.length]!(canvas.getContext('2d')!, width, height);
  return canvas.transferToImageBitmap();
}
