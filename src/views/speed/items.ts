/** What is scored to measure: landscapes of two megapixels and sentences, drawn and written here, all different. */
import type { SpeedItems } from '../../state/speed';

const WIDTH = 1_632;
const HEIGHT = 1_224;
const GROUNDS = ['#8ba17b', '#c3a06b', '#7f9bb0', '#a9837a', '#6f8f7f'];

async function landscape(number: number): Promise<Blob> {
  const canvas = new OffscreenCanvas(WIDTH, HEIGHT);
  const pen = canvas.getContext('2d');
  if (!pen) throw new Error('This browser cannot draw the pictures to measure with.');
  const sky = pen.createLinearGradient(0, 0, 0, HEIGHT);
  sky.addColorStop(0, '#7fb2e5');
  sky.addColorStop(1, '#f6d9a8');
  pen.fillStyle = sky;
  pen.fillRect(0, 0, WIDTH, HEIGHT);
  for (let hill = 0; hill < 5; hill++) {
    pen.fillStyle = GROUNDS[(hill + number) % GROUNDS.length]!;
    pen.beginPath();
    pen.moveTo(0, HEIGHT);
    for (let x = 0; x <= WIDTH; x += 8) {
      const turn = (x / WIDTH) * (hill + 1) * 2 * Math.PI + number * 1.3 + hill;
      pen.lineTo(x, 480 + hill * 130 - 60 * Math.sin(turn) - 12 * Math.sin(turn * 7.1));
    }
    pen.lineTo(WIDTH, HEIGHT);
    pen.fill();
  }
  return canvas.convertToBlob({ type: 'image/jpeg', quality: 0.9 });
}

const THINGS = ['boat', 'lemon', 'crate', 'map', 'bicycle', 'lantern', 'kettle'];

export const speedItems: SpeedItems = {
  picture: landscape,
  text: (number) =>
    `Number ${number}: a ${THINGS[number % THINGS.length]} stands beside the harbour wall, and ${number + 2} people wait for the ferry at six.`,
};
