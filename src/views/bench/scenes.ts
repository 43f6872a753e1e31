/** Sample pictures, drawn here: landscapes and patterns. No file is fetched for them. */

type Pen = OffscreenCanvasRenderingContext2D;
type Scene = (pen: Pen) => void;

const WIDTH = 800;
const HEIGHT = 600;

/** A hill line across the picture: `waves` crests of `rise` pixels around `level`, filled to the bottom. */
function ridge(pen: Pen, level: number, rise: number, waves: number, shift: number, colour: string): void {
  pen.fillStyle = colour;
  pen.beginPath();
  pen.moveTo(0, HEIGHT);
  for (let x = 0; x <= WIDTH; x += 8) {
    const turn = (x / WIDTH) * waves * 2 * Math.PI + shift;
    pen.lineTo(x, level - rise * Math.sin(turn) - (rise / 3) * Math.sin(turn * 2.7));
  }
  pen.lineTo(WIDTH, HEIGHT);
  pen.fill();
}

function sky(pen: Pen, top: string, bottom: string): void {
  const fade = pen.createLinearGradient(0, 0, 0, HEIGHT);
  fade.addColorStop(0, top);
  fade.addColorStop(1, bottom);
  pen.fillStyle = fade;
  pen.fillRect(0, 0, WIDTH, HEIGHT);
}

function disc(pen: Pen, x: number, y: number, radius: number, colour: string): void {
  pen.fillStyle = colour;
  pen.beginPath();
  pen.arc(x, y, radius, 0, 2 * Math.PI);
  pen.fill();
}

const lake: Scene = (pen) => {
  sky(pen, '#9fc3da', '#dfeaf0');
  disc(pen, 600, 130, 46, '#fff3d6');
  ridge(pen, 300, 60, 1.4, 0.4, '#8197a8');
  ridge(pen, 350, 40, 2.1, 2, '#4f6b74');
  pen.fillStyle = '#86aec2';
  pen.fillRect(0, 390, WIDTH, 210);
  pen.fillStyle = '#c9dee8';
  for (let row = 0; row < 9; row++) pen.fillRect(((row * 173) % 500) + 20, 410 + row * 21, 260 - row * 12, 4);
  ridge(pen, 570, 26, 0.8, 1, '#2f4537');
};

const dunes: Scene = (pen) => {
  sky(pen, '#e9cfa8', '#f6e8d0');
  disc(pen, 190, 150, 62, '#fbf4e4');
  ridge(pen, 360, 50, 0.9, 0.5, '#dcae72');
  ridge(pen, 440, 44, 1.2, 2.4, '#c08a4e');
  ridge(pen, 530, 36, 0.8, 4, '#935f35');
};

const quay: Scene = (pen) => {
  sky(pen, '#cfd7dd', '#e6e9ea');
  const fronts = ['#a8564b', '#d7b06c', '#7c8b5e', '#c7c2b4', '#8e6054', '#5e7486'];
  for (const [at, colour] of fronts.entries()) {
    const top = 170 + ((at * 57) % 70);
    pen.fillStyle = colour;
    pen.fillRect(30 + at * 78, top, 70, 340 - top);
    pen.fillStyle = '#f1ede2';
    for (let floor = top + 24; floor < 320; floor += 44)
      for (const side of [14, 42]) pen.fillRect(30 + at * 78 + side, floor, 14, 20);
  }
  pen.fillStyle = '#5d7d90';
  pen.fillRect(0, 340, WIDTH, 260);
  pen.fillStyle = '#25333a';
  pen.fill(new Path2D('M520 430h220l-38 58h-146z'));
  pen.fillStyle = '#f4f1e8';
  pen.fill(new Path2D('M628 420V250l92 170z'));
};

const tiles: Scene = (pen) => {
  pen.fillStyle = '#e9e3d7';
  pen.fillRect(0, 0, WIDTH, HEIGHT);
  const colours = ['#3e6581', '#c37c50', '#8ba17b'];
  for (let row = 0; row < 6; row++)
    for (let column = 0; column < 8; column++) {
      const [x, y] = [column * 100, row * 100];
      pen.fillStyle = colours[(row + column) % 3]!;
      pen.beginPath();
      pen.moveTo(x, y);
      pen.arc(x, y, 96, 0, Math.PI / 2);
      pen.fill();
      disc(pen, x + 74, y + 26, 12, '#2c3c46');
    }
};

const pineapple: Scene = (pen) => {
  sky(pen, '#7fa9b8', '#c4d9dc');
  pen.fillStyle = '#8a5f3f';
  pen.fillRect(0, 470, WIDTH, 130);
  pen.fillStyle = '#3f7a49';
  for (let leaf = -4; leaf <= 4; leaf++)
    pen.fill(
      new Path2D(`M400 235L${400 + leaf * 38} ${95 + Math.abs(leaf) * 22}L${400 + leaf * 9 + 14} 240z`),
    );
  pen.save();
  pen.beginPath();
  pen.ellipse(400, 370, 105, 145, 0, 0, 2 * Math.PI);
  pen.fillStyle = '#d9a133';
  pen.fill();
  pen.clip();
  pen.strokeStyle = '#9c6a1c';
  pen.lineWidth = 5;
  for (let line = -600; line < 800; line += 42) {
    pen.stroke(new Path2D(`M${line} 600L${line + 600} 100M${line + 500} 600L${line - 100} 100`));
  }
  pen.restore();
};

const rings: Scene = (pen) => {
  const image = pen.createImageData(WIDTH, HEIGHT);
  for (let at = 0; at < WIDTH * HEIGHT; at++) {
    const x = (at % WIDTH) - 400;
    const y = Math.floor(at / WIDTH) - 300;
    const wave = 0.5 + 0.5 * Math.cos((x * x + y * y) / 900);
    image.data.set([60 + 150 * wave, 90 + 90 * wave, 120 + 40 * (1 - wave), 255], at * 4);
  }
  pen.putImageData(image, 0, 0);
};

const SCENES: Readonly<Record<string, Scene>> = { lake, dunes, quay, tiles, pineapple, rings };

/** The sample pictures as PNG files, 800 × 600, as if they had been dropped. */
export async function samplePictures(): Promise<File[]> {
  const files: File[] = [];
  for (const [name, draw] of Object.entries(SCENES)) {
    const canvas = new OffscreenCanvas(WIDTH, HEIGHT);
    const pen = canvas.getContext('2d');
    if (!pen) throw new Error('This browser cannot draw the sample pictures.');
    draw(pen);
    files.push(new File([await canvas.convertToBlob({ type: 'image/png' })], `sample-${name}.png`));
  }
  return files;
}
