/** A category and the words by which products fall into it. */
interface CategoryRule {
  readonly categoryId: string;
  readonly title: string;
  readonly parentCategoryId: string;
  /** A product belongs here when its description has one of these words (or phrases). */
  readonly words: readonly string[];
}

/** The shelves at the top. */
const TOP: readonly (readonly [id: string, title: string])[] = [
  ['home', 'Home and Decoration'],
  ['kitchen', 'Kitchen and Dining'],
  ['garden', 'Garden and Outdoors'],
  ['fashion', 'Jewellery and Accessories'],
  ['paper', 'Stationery and Gift Wrap'],
  ['play', 'Toys and Crafts'],
  ['seasonal', 'Seasonal'],
];

const rule = (id: string, title: string, parent: string, words: string): CategoryRule => ({
  categoryId: id,
  title,
  parentCategoryId: parent,
  words: words.split(', '),
});

/** In order: the first rule that matches decides. */
const RULES: readonly CategoryRule[] = [
  rule(
    'christmas',
    'Christmas',
    'seasonal',
    'christmas, xmas, advent, reindeer, santa, snowman, snowflake, snowflakes, bauble, noel, nativity',
  ),
  rule('easter', 'Easter', 'seasonal', 'easter, egg, eggs'),
  rule(
    'jewellery',
    'Jewellery',
    'fashion',
    'necklace, bracelet, earrings, earring, bangle, brooch, ring, rings, charm, pendant, tiara, choker, anklet, jewelled',
  ),
  rule('hair', 'Hair Accessories', 'fashion', 'hair, hairslide, hairband, alice band'),
  rule(
    'bags',
    'Bags and Purses',
    'fashion',
    'bag, bags, purse, handbag, shopper, luggage, wallet, satchel, passport',
  ),
  rule(
    'wearables',
    'Scarves, Umbrellas and More',
    'fashion',
    'scarf, umbrella, parasol, gloves, slippers, hat, socks, apron, raincoat, shawl, fan, sunglasses',
  ),
  rule(
    'candles',
    'Candles and Holders',
    'home',
    'candle, candles, t-light, tealight, t-lights, candlestick, incense, candleholder, votive, wick, oil burner',
  ),
  rule(
    'lighting',
    'Lighting',
    'home',
    'light, lights, lamp, lantern, lampshade, chandelier, lanterns, fairy lights',
  ),
  rule('lunch', 'Lunch and Picnic', 'kitchen', 'lunch, picnic, flask, snack, thermos, hamper'),
  rule(
    'baking',
    'Baking',
    'kitchen',
    'cake, cakes, baking, cakestand, rolling pin, cookie, pastry, cases, mould, oven, bake, whisk, sieve',
  ),
  rule(
    'mugs',
    'Mugs and Teaware',
    'kitchen',
    'mug, mugs, cup, cups, teacup, teapot, saucer, tea, coffee, cosy, milk, sugar',
  ),
  rule(
    'tableware',
    'Tableware',
    'kitchen',
    'plate, plates, bowl, bowls, dish, cutlery, glass, jug, tray, napkin, napkins, placemat, placemats, coaster, coasters, spoon, fork, knife, tumbler, goblet, decanter, doilies, doily, tablecloth, beaker, platter',
  ),
  rule(
    'kitchenware',
    'Kitchenware',
    'kitchen',
    'kitchen, tin, tins, jar, jars, bottle, storage, scales, bread, colander, ladle, tea towel, recipe, spice, opener, chopping, fridge, jam, tongs, timer',
  ),
  rule(
    'garden-tools',
    'Garden',
    'garden',
    'garden, plant, planter, watering, pot, pots, bird, trowel, herb, seeds, gnome, greenhouse, flowerpot, wheelbarrow, windmill, bunting, hammock, deckchair',
  ),
  rule('clocks', 'Clocks', 'home', 'clock, clocks, alarm'),
  rule('frames', 'Frames and Mirrors', 'home', 'frame, frames, mirror, photo, picture, photograph'),
  rule(
    'signs',
    'Signs and Plaques',
    'home',
    'sign, plaque, chalkboard, blackboard, memo, letters, number, slate, magnet, magnets',
  ),
  rule(
    'textiles',
    'Cushions and Textiles',
    'home',
    'cushion, cushions, throw, rug, doormat, curtain, blanket, towel, quilt, hot water, pillow, bathmat, warmer, bed',
  ),
  rule(
    'storage',
    'Storage and Hooks',
    'home',
    'box, boxes, basket, drawer, cabinet, hook, hooks, hanger, hangers, rack, shelf, chest, trinket, bin, knob, stand, umbrella stand, trunk, cupboard, doorstop, door',
  ),
  rule('bathroom', 'Bathroom', 'home', 'bathroom, soap, bath, toilet, toothbrush, shower, bubble'),
  rule('cards', 'Cards', 'paper', 'card, cards, postcard, greeting, invites, invitations'),
  rule(
    'gift-wrap',
    'Gift Wrap',
    'paper',
    'wrap, wrapping, ribbon, ribbons, gift tag, tag, tags, tissue, bow, gift bag, paper bag',
  ),
  rule(
    'stationery',
    'Stationery',
    'paper',
    'notebook, pen, pens, pencil, pencils, stickers, sticker, tape, eraser, journal, book, diary, paper, stationery, organiser, rubber, calendar, letter, ruler, stamp, stamps, folder, sharpener',
  ),
  rule(
    'party',
    'Party',
    'play',
    'party, balloon, balloons, birthday, confetti, piñata, garland, streamers, bingo',
  ),
  rule(
    'crafts',
    'Crafts',
    'play',
    'craft, feltcraft, knitting, sewing, kit, embroidery, button, buttons, beads, stencil, crochet, mosaic, ribbon reel, felt',
  ),
  rule(
    'toys',
    'Toys and Games',
    'play',
    'toy, game, games, jigsaw, puzzle, doll, dolly, dolls, teddy, skittles, dominoes, ludo, spacegirl, soldier, dinosaur, puppet, childrens, childs, children, girl, boy, kids, soft, spinning, marbles, playing, snap, robot, monsters, abc, animal, skipping, bucket',
  ),
  rule(
    'decoration',
    'Decoration',
    'home',
    'decoration, hanging, heart, hearts, ornament, vase, figurine, angel, star, stars, wreath, flower, flowers, butterfly, butterflies, art, wall, tile, tiles, fairy, birdcage, cherub, feather, chime, mobile',
  ),
];

/** Where products go that no rule knows. */
const REST = { categoryId: 'more-gifts', title: 'More Gifts', parentCategoryId: 'home', position: 99 };

/** A category as the catalogue takes it. */
export interface SampleCategory {
  readonly categoryId: string;
  readonly title: string;
  readonly parentCategoryId: string;
  readonly position: number;
}

/** All categories, parents first. */
export function sampleCategories(): SampleCategory[] {
  return [
    ...TOP.map(([categoryId, title], position) => ({ categoryId, title, parentCategoryId: '', position })),
    ...RULES.map(({ categoryId, title, parentCategoryId }, position) => ({
      categoryId,
      title,
      parentCategoryId,
      position,
    })),
    REST,
  ];
}

/** The category of a description. */
export function categoryOf(description: string): string {
  const text = ` ${description.toLowerCase().replaceAll(/[^a-zñ0-9-]+/g, ' ')} `;
  const found = RULES.find(({ words }) => words.some((word) => text.includes(` ${word} `)));
  return (found ?? REST).categoryId;
}
