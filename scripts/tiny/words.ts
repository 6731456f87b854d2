/**
 * The words of the bundled model: what its sentences are made of, and nothing else. `queues` says which nouns belong
 * together in the sample dataset; pre-training draws such groups anew for every episode and never sees that one.
 */
const list = (text: string): string[] => text.trim().split(/\s+/);

/** Words that carry no topic. Templates are made of them. */
export const functionWords = list(`
  a about after again all also am an and any are at be been before but by can could did do does for from get got had has
  have he help her here him how i if in is it just know like may me more my need new no not now of on one or our out
  please said she since so some still thank that the their them then there they this to today tomorrow too two under
  until us very want was we week were what when where which who why will with would yes yesterday you your
`);

/** The queues of the sample dataset and the nouns that tell them apart. */
export const queues: Record<string, string[]> = {
  billing: list("charge refund payment receipt discount subscription"),
  delivery: list("parcel courier tracking shipment doorstep package"),
  account: list("password login username profile verification passcode"),
  repair: list("screen battery crack hinge charger noise"),
  booking: list("reservation seat date guest room table"),
};

/** Words that stand for a class, in pre-training and in the sample dataset. They are nothing else: never part of a message. */
export const labelWords: string[] = [
  ...Object.keys(queues),
  ...list(`
  animals art baking banking baseball beauty biology business camping chemistry cinema climate clothing college comedy
  computing cooking cycling dancing design dining driving economy education energy engineering fashion farming finance
  fishing fitness flying football furniture gaming gardening geography geometry grammar grocery health hiking history
  hobby housing insurance jewelry justice language law leisure library literature logistics mail maintenance marketing
  mathematics medicine military mining movies music nature nutrition opera painting parenting pets philosophy photography
  physics poetry policy politics printing publishing racing reading recycling religion rental retail returns running safety
  sailing sales science security sewing shopping singing skating skiing sleep soccer society software space sports
  staffing storage swimming tax teaching technology tennis theater tourism trade traffic training transport travel
  tuition wages weather weaving wedding welfare wildlife writing yoga zoning
`),
];

/** Further nouns that messages are about. */
export const contentWords = list(`
  apple arrow autumn bacon baker bamboo banana barn basket beach bean bear beetle bell berry bird blanket boat bone book
  bottle bowl branch bread brick bridge broom brush bucket butter button cabin cable cactus cake camel camera candle canoe
  canvas captain carpet carrot castle cattle cave cellar chain chair chalk cheese cherry chess chicken chimney circle city
  clay cliff clock cloud clover coast coat cobra coffee coin compass copper coral corn cotton couch cousin crab crane crayon
  cricket crow crown cup curtain daisy dance deer desert desk diamond dinner doctor dog dolphin donkey door dove dragon dream
  drum duck dust eagle earth echo egg elbow elephant engine envelope fabric falcon farmer feather fence fern field finger
  fire fish flag flame flower flute forest fork fox frog fruit garden garlic gate ghost giant ginger giraffe glass globe
  glove goat gold goose grape grass gravel guitar hammer harbor harp hat hawk hay hazel helmet herb heron hill honey hook
  horse hotel ice igloo iron island ivory jacket jaguar jam jar jelly jewel jungle kettle key king kitchen kite knee knife
  ladder lake lamp lantern leaf leather lemon lens leopard lettuce lily linen lion lizard lobster log lotus lynx magnet
  mango map maple marble market mask meadow melon metal milk mill mirror moon moose moss moth mountain mouse museum mushroom
  nail napkin nectar needle nest net night north nose notebook nut oak oar ocean olive onion opal orange orbit orchard organ
  ostrich otter oven owl ox oyster paddle page paint palace palm panda paper parrot pasta patch peach peacock peanut pear
  pearl pebble pencil penguin pepper piano pickle picnic pigeon pillow pine pipe pirate planet plate plum pocket poem pond
  pony poppy porch potato prairie prince puddle pumpkin puppet puzzle quail quartz queen quilt rabbit raccoon radio radish
  raft rain raven reed rice ring river road robin robot rock roof rooster root rope rose ruby ruler sail salad salmon salt
  sand sandal scarf school scissors seal seed shark sheep shell ship shirt shoe shovel silk silver singer skirt sky sled
  slipper snail snake snow soap sock soup spark sparrow spider spinach spoon spring squid stable star steam stone storm
  stove stream street sugar summer sun swan sweater sword table tailor tea teapot temple tent thread thunder tiger toast
  tomato torch tower town toy trail train tree trumpet trunk tulip tunnel turtle umbrella valley vase velvet village vine
  violin volcano wagon wall walnut walrus water wave whale wheat wheel whistle willow wind window winter wolf wood wool
  worm yarn yogurt zebra
`);

/** Every noun once: any of them can belong to any class in pre-training. */
export const allContent: string[] = [...new Set([...contentWords, ...Object.values(queues).flat()])];

/** Sentence frames; `_` is a noun. Shared by pre-training and the sample dataset. */
export const templates: string[] = `
my _ is gone and i need help
can you help me with the _ and the _
there is something about my _ since yesterday
i want to know about the _ please
why was my _ late again
the _ has not been here today
where is the _ for my _
hello i have a new _ but no _
it said _ and then _
please do something about this _
i would like a _ with the _
what about the _ and my _ tomorrow
your _ was wrong so i need a new _
we got the _ but not the _
who can i ask about a _ or a _
the _ and the _ again please help
`
  .trim()
  .split("\n");

/** The words of the templates that are in none of the lists above. */
export const templateWords: string[] = [...new Set(templates.join(" ").split(" "))].filter(
  (word) => word !== "_",
);
