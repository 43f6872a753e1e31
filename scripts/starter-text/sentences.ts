/** Plain sentences of our own with stored answers: the card's self-test and the golden test. */

/** English first; the first four are the card's self-test. */
export const PLAIN_SENTENCES: readonly string[] = [
  'The pineapple on the kitchen table is ripe.',
  'Our train to the coast leaves at half past nine tomorrow morning.',
  'Der Bäcker an der Ecke öffnet um sieben Uhr.',
  '图书馆今天下午六点关门。',
  'Quel temps fait-il à la montagne cette semaine ?',
  'La biblioteca cierra temprano los domingos.',
  'आज बगीचे में बहुत सारे फूल खिले हैं।',
  'تفتح المكتبة أبوابها في الساعة التاسعة صباحا.',
  'W ogrodzie rośnie stara jabłoń.',
  'De fiets staat naast de schuur.',
];
