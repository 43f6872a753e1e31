/** Things to try on a first visit: harmless, in several languages, one with something hidden in it. */

export interface SamplePrompt {
  readonly label: string;
  readonly text: string;
}

/** A zero-width space inside a word, written as an escape so that it can be seen here. */
export const SAMPLE_PROMPTS: readonly SamplePrompt[] = [
  {
    label: 'Poster',
    text: 'Poster for the harbour fair: two crates of pineapple on the quay at first light, sliced fruit on a blue plate, room for a headline at the top.',
  },
  {
    label: 'Grumble',
    text: 'That was a lazy, careless referee, and the second half was a stupid waste of an evening.',
  },
  {
    label: 'German',
    text: 'Ein Stillleben mit Ananas und Zitronen auf einem blauen Tisch, weiches Licht vom Fenster.',
  },
  {
    label: 'Spanish',
    text: 'El árbitro estuvo distraído todo el partido y el público se fue enfadado a casa.',
  },
  { label: 'Hindi', text: 'नीली थाली में कटा हुआ अनानास, सुबह की रोशनी, पीछे शांत समुद्र।' },
  {
    label: 'Hidden',
    text: 'Two crates of pine\u200bapple and a bowl of le\u200bmons, painted in oil on a wooden board.',
  },
];
