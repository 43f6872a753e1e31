import { describe, expect, it } from 'vitest';
import { languageNote, languageOf } from './languages';

const SIXTEEN = 'en es pt zh ja de fr ru ko ar hi pl id tr vi th'.split(' ');
const of = (text: string) => languageOf(text, SIXTEEN);
const note = (text: string) => languageNote(of(text));

describe('languageOf', () => {
  it.each([
    ['en', 'A red bicycle leans against the old stone bridge.'],
    ['es', 'Una bicicleta roja apoyada en el viejo puente de piedra.'],
    ['pl', 'Czerwony rower oparty o stary kamienny most.'],
    ['tr', 'Gün doğumunda eski taş köprüye yaslanmış kırmızı bir bisiklet.'],
    ['vi', 'Chiếc xe đạp đỏ dựa vào cây cầu đá cũ lúc bình minh.'],
    ['ru', 'Красный велосипед прислонён к старому каменному мосту.'],
    ['ar', 'دراجة حمراء متكئة على الجسر الحجري القديم.'],
    ['hi', 'पुराने पत्थर के पुल के सहारे खड़ी एक लाल साइकिल।'],
    ['zh', '一辆红色自行车靠在古老的石桥旁。'],
  ])('%s shares its script: a candidate, not sure', (code, text) => {
    const found = of(text);
    expect(found.scope).toBe('inside');
    expect(found.candidates).toContain(code);
    if (code !== 'zh') expect(found.sure).toBe('low');
  });

  it.each([
    ['ja', '朝日の柔らかい光の中、古い石橋に立てかけられた赤い自転車。'],
    ['ko', '부드러운 새벽빛 속에 오래된 돌다리에 기대어 있는 빨간 자전거.'],
    ['th', 'จักรยานสีแดงพิงสะพานหินเก่าในยามรุ่งอรุณ'],
  ])('%s is settled by its script', (code, text) => {
    expect(of(text)).toMatchObject({ scope: 'inside', candidates: [code], sure: 'high' });
    expect(note(text)).toBeUndefined();
  });

  it.each([
    ['Greek', 'Ένα κόκκινο ποδήλατο'],
    ['Hebrew', 'אופניים אדומים'],
    ['Georgian', 'წითელი ველოსიპედი'],
    ['Tamil', 'சிவப்பு மிதிவண்டி'],
    ['Bengali', 'লাল সাইকেল'],
    ['Armenian', 'կարմիր հեծանիվ'],
    ['Khmer', 'កង់ក្រហម'],
    ['Ethiopic', 'ቀይ ብስክሌት'],
  ])('%s is outside, and that is sure', (name, text) => {
    expect(of(text)).toMatchObject({ scope: 'outside', scripts: [name], candidates: [], sure: 'high' });
    expect(note(text)).toBe(
      `Out of scope, for certain: written in ${name} script, which no language this model was made for uses.`,
    );
  });

  it('a script without a name here is outside too', () => {
    expect(note('ᏣᎳᎩ ᎦᏬᏂᎯᏍᏗ')).toMatch(
      /^Out of scope, for certain: written in a script that is not in the list/,
    );
  });

  it('Latin cannot tell Dutch from German, and says so', () => {
    expect(of('Een rode fiets leunt tegen de oude brug')).toMatchObject({ scope: 'inside', sure: 'low' });
    expect(note('Een rode fiets')).toMatch(/^In scope as far as its script tells. Not certain: Latin script/);
  });

  it('a name in another script does not decide; half a text does', () => {
    expect(of('A very long English sentence about Ελλάς').scope).toBe('inside');
    expect(of('κόκκινο ποδήλατο and a bridge').scope).toBe('partly');
    expect(note('κόκκινο ποδήλατο and a bridge')).toMatch(/^Partly out of scope, for certain/);
  });

  it('says nothing of a text without letters', () => {
    expect(of('12:30 👍 …')).toEqual({ scope: 'unclear', scripts: [], candidates: [], sure: 'low' });
    expect(note('')).toBeUndefined();
  });

  it('asks about the languages it is given', () => {
    expect(languageOf('Ένα ποδήλατο', ['el'])).toMatchObject({ scope: 'inside', sure: 'high' });
    expect(languageOf('A bicycle', ['ru']).scope).toBe('outside');
  });

  it('U11 is linear', () => {
    const busy = process.cpuUsage();
    languageOf('ა'.repeat(2 ** 20), SIXTEEN);
    expect(process.cpuUsage(busy).user / 1000).toBeLessThan(1000);
  });
});
