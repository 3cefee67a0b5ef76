const COLOURS = [
  'red',
  'blue',
  'green',
  'pink',
  'white',
  'black',
  'ivory',
  'cream',
  'yellow',
  'purple',
  'orange',
  'brown',
  'grey',
  'silver',
  'gold',
  'turquoise',
  'lilac',
  'amethyst',
  'natural',
  'clear',
  'copper',
];
const MATERIALS = [
  'metal',
  'glass',
  'wooden',
  'wood',
  'ceramic',
  'porcelain',
  'enamel',
  'felt',
  'paper',
  'zinc',
  'wicker',
  'cotton',
  'wool',
  'woolly',
  'knitted',
  'acrylic',
  'crystal',
  'slate',
  'tin',
  'silk',
  'velvet',
  'lace',
  'leather',
  'bamboo',
  'pearl',
  'plastic',
  'rubber',
  'wire',
  'stone',
  'feather',
  'wax',
  'bone',
  'iron',
];
/** Words that mean the same. */
const SAME: Readonly<Record<string, string>> = { wooden: 'wood', woolly: 'wool', knitted: 'wool' };

/** What a description says about colour and material: the first word of each kind. */
export function attributesOf(description: string): Record<string, string> {
  const words = description.toLowerCase().split(/[^a-z]+/);
  const first = (known: readonly string[]): string | undefined => words.find((word) => known.includes(word));
  const colour = first(COLOURS);
  const material = first(MATERIALS);
  return {
    ...(colour === undefined ? {} : { colour }),
    ...(material === undefined ? {} : { material: SAME[material] ?? material }),
  };
}
